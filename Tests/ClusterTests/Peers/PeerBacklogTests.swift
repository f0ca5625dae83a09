import Testing

@testable import Cluster

@Suite struct PeerBacklogTests {
    private func waiting(_ backlog: borrowing PeerBacklog) -> [UInt64] {
        var numbers: [UInt64] = []
        backlog.forEach { numbers.append($0.number) }
        return numbers
    }

    /// #expect takes no calls on what cannot be copied.
    private func expect(_ condition: Bool, _ place: SourceLocation = #_sourceLocation) { #expect(condition, sourceLocation: place) }

    @Test func aRecordComesBackAsItWas() {
        var backlog = PeerBacklog(most: 1 << 20)
        let record = OwnedRecord(.deliverToSession, number: 1 << 60, key: "höhe", payload: Array(0...255))
        #expect(record.with { backlog.add($0) } != nil)
        var seen: [OwnedRecord] = []
        backlog.forEach { seen.append(OwnedRecord($0)) }
        #expect(seen == [record])
    }

    @Test func whatIsAcknowledgedIsForgottenInOrder() {
        var backlog = PeerBacklog(most: 1 << 20)
        for number in 1...5 { _ = OwnedRecord(number: UInt64(number)).with { backlog.add($0) } }
        expect(backlog.acknowledge(2))
        #expect(waiting(backlog) == [3, 4, 5])
        expect(backlog.acknowledge(2))
        expect(backlog.acknowledge(5))
        expect(backlog.isEmpty)
        expect(backlog.byteCount == 0)
    }

    @Test func anAcknowledgementThatCannotBeIsRefused() {
        var backlog = PeerBacklog(most: 1 << 20)
        for number in 1...3 { _ = OwnedRecord(number: UInt64(number)).with { backlog.add($0) } }
        expect(backlog.acknowledge(2))
        let back = backlog.acknowledge(1)
        let ahead = backlog.acknowledge(4)
        #expect(!back)
        #expect(!ahead)
        #expect(waiting(backlog) == [3])
    }

    @Test func itIsBoundedInBytes() {
        var backlog = PeerBacklog(most: 10_000)
        var taken = 0
        while OwnedRecord(number: 1, payload: [UInt8](repeating: 0, count: 977)).with({ backlog.add($0) }) != nil { taken += 1 }
        // 8 head, 12 record head, 3 key, 977 payload.
        #expect(taken == 10)
        expect(backlog.acknowledge(1))
        #expect(OwnedRecord(number: 1, payload: [UInt8](repeating: 0, count: 977)).with { backlog.add($0) } != nil)
    }

    @Test func largeAndSmallRecordsKeepTheirOrderOverManyPieces() {
        var backlog = PeerBacklog(most: 64 << 20)
        for number in 1...2000 {
            let size = number % 97 == 0 ? 100_000 : number % 50 * 40
            _ = OwnedRecord(number: UInt64(number), payload: [UInt8](repeating: UInt8(number & 255), count: size)).with { backlog.add($0) }
            if number % 3 == 0 {
                let count = backlog.acknowledged + 2
                expect(backlog.acknowledge(count))
            }
        }
        #expect(waiting(backlog) == (1...2000).map(UInt64.init).suffix(2000 - 2 * 666))
    }
}
