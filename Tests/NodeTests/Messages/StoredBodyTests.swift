import Testing

@testable import Node

@Suite struct StoredBodyTests {
    /// Type, sequence 300, messageRequest, a field 2000 with two bytes, a fixed one.
    private static let message: [UInt8] = [
        0x08, 5, 0x10, 0xac, 2, 0x32, 2, 0x18, 1, 0x82, 0x7d, 2, 7, 8, 0x49, 1, 2, 3, 4, 5, 6, 7, 8,
    ]

    private func rest(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { StoredBody.rest(of: $0) } }

    @Test func theRestIsAllButTypeAndMessage() {
        #expect(rest(Self.message) == Array(Self.message[2..<5] + Self.message[9...]))
        #expect(rest([0x08, 5, 0x32, 0]) == [])
    }

    @Test func whatIsCutShortHasNoRest() {
        for length in 0..<Self.message.count {
            let found = rest(Array(Self.message.prefix(length)))
            #expect(found.isEmpty || Self.message[2...].starts(with: found.prefix(3)), "\(length)")
        }
        // An old group.
        #expect(rest([0x10, 1, 0x1b, 0x1c]) == [])
    }

    @Test(
        arguments: [[], [1, 2, 3], [0xfa, 0xe1, 0x09, 2, 1, 1]] as [[UInt8]],
        [[], [0x10, 1], Array(repeating: 9, count: 300)] as [[UInt8]])
    func whatIsStoredIsReadBack(_ request: [UInt8], _ rest: [UInt8]) {
        let read = StoredBody(StoredBody(rest: rest[...], request: request[...]).bytes)
        #expect(Array(read.rest) == rest && Array(read.request) == request)
    }

    @Test func whatWasStoredBeforeIsTheMessage() {
        for bytes: [UInt8] in [[], [0x1a, 1, 65], [0xfa, 0xe1], [0xfa, 0xe1, 0x09], [0xfa, 0xe1, 0x09, 9, 1]] {
            let read = StoredBody(bytes)
            #expect(read.rest.isEmpty && Array(read.request) == bytes)
        }
    }
}
