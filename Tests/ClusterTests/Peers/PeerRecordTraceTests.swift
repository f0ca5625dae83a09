import Testing

@testable import Cluster

@Suite struct PeerRecordTraceTests {
    private func withPayload<Result>(_ bytes: [UInt8], flags: UInt8, _ body: (PeerRecord) -> Result) -> Result {
        bytes.withUnsafeBytes { body(PeerRecord(.deliver, flags: flags, number: 7, payload: $0)) }
    }

    @Test func theTraceStandsBeforeTheFrame() {
        let traced = withPayload([1, 2, 3], flags: 0) { $0.traced("abc") }
        #expect(traced == [3, 97, 98, 99, 1, 2, 3])
        withPayload(traced ?? [], flags: PeerRecord.traced | PeerRecord.sole) { record in
            let found = record.untraced
            #expect(found?.trace == "abc")
            #expect(found.map { Array($0.record.payload) } == [1, 2, 3])
            #expect(found?.record.flags == PeerRecord.sole)
            #expect(found?.record.number == 7)
        }
        #expect(withPayload([1], flags: 0) { $0.traced(String(repeating: "x", count: 256)) } == nil)
    }

    @Test func othersHaveNone() {
        #expect(withPayload([1, 2, 3], flags: PeerRecord.tracked) { $0.untraced == nil })
        // In other kinds the flags mean other things.
        #expect(PeerRecord(.refused, flags: 8).untraced == nil)
    }

    @Test(arguments: [[], [0], [5, 1, 2], [255]]) func aLengthThatLeadsNowhereGivesNothing(_ bytes: [UInt8]) {
        withPayload(bytes, flags: PeerRecord.traced) { #expect($0.untraced?.record.payload.isEmpty == true) }
    }
}
