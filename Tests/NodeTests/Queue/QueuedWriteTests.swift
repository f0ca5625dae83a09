import RedisClient
import Storage
import Testing

@testable import Node

@Suite struct QueuedWriteTests {
    @Test(arguments: [
        QueuedWrite.acknowledge(user: "bob", device: "phone 1", serverIDs: [1, .max]),
        .acknowledge(user: "\u{E9}", device: "", serverIDs: [7]),
        .seen(DeviceSighting(user: "bob", device: "a\nb", time: 1_700_000_000_000)),
    ])
    func comesBackAsItWas(_ write: QueuedWrite) {
        #expect(QueuedWrite(Dictionary(uniqueKeysWithValues: write.fields.map { ($0.name, $0.value) })) == write)
    }

    @Test(arguments: [
        [:], ["do": "ack"], ["do": "ack", "user": "u", "device": "d"], ["do": "ack", "user": "u", "device": "d", "ids": ""],
        ["do": "ack", "user": "u", "device": "d", "ids": "1 x"], ["do": "seen", "user": "u", "device": "d", "at": "-1"],
        ["do": "other", "user": "u", "device": "d", "ids": "1", "at": "1"],
    ])
    func whatIsNoWriteIsNone(_ fields: [String: String]) { #expect(QueuedWrite(fields) == nil) }

    @Test func entriesOfBothProtocols() throws {
        let fields = RESPValue.array([.bulk(Array("do".utf8)), .bulk(Array("ack".utf8))])
        let entries = RESPValue.array([.array([.bulk(Array("5-1".utf8)), fields]), .array([.bulk(Array("6-0".utf8)), .null])])
        let stream = RESPValue.bulk(Array("key".utf8))
        let expected = [StreamEntry(id: try #require(StreamEntry.ID("5-1")), fields: ["do": "ack"])]
        #expect(StreamEntry.read(.map([RESPPair(stream, entries)])) == expected)
        #expect(StreamEntry.read(.array([.array([stream, entries])])) == expected)
        #expect(StreamEntry.read(.null) == [])
    }

    @Test func idsAreNumbersNotText() throws {
        let ids = try ["9-0", "10-0", "10-2", "10-10"].map { try #require(StreamEntry.ID($0)) }
        #expect(ids.sorted() == ids && ids.map(\.description) == ["9-0", "10-0", "10-2", "10-10"])
        #expect(StreamEntry.ID("10") == nil && StreamEntry.ID("a-b") == nil)
    }

    @Test func unwrittenAcknowledgementsAreADevicesOwn() {
        let unwritten = UnwrittenAcknowledgements()
        unwritten.add([1, 2], of: "bob", "phone")
        unwritten.add([2, 3], of: "bob", "phone")
        #expect(unwritten.all(of: "bob", "phone") == [1, 2, 3])
        #expect(unwritten.all(of: "bobp", "hone") == [])
        unwritten.remove([1, 2], of: "bob", "phone")
        #expect(unwritten.all(of: "bob", "phone") == [2, 3])
        unwritten.remove([2, 3], of: "bob", "phone")
        #expect(unwritten.all(of: "bob", "phone") == [])
    }
}
