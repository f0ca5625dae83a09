import Storage
import Testing

@testable import Node

@Suite struct UpkeepTests {
    private static let day: UInt64 = 86_400_000

    private let store = MemoryMessageStore()

    private func save(_ serverIDs: ClosedRange<UInt64>, time: UInt64) throws {
        _ = try store.commit(
            serverIDs.map { number in
                .save(
                    MessageDraft(
                        sender: "alice", device: "a", recipient: .user("bob"), messageID: number, serverID: number, time: time, body: [],
                        mostWaiting: .max))
            })
    }

    private var kept: [UInt64] {
        get throws { try store.history(.between("alice", "bob"), after: 0, limit: 5000, bytes: 1000).messages.map(\.serverID) }
    }

    private func withUpkeep(_ limits: RetentionLimits, _ body: (Upkeep) -> Void) {
        let writer = MessageWriter(store: store)
        let upkeep = Upkeep(store: store, writer: writer, limits: limits, interval: 3600)
        body(upkeep)
        upkeep.shutDown()
        writer.shutDown()
    }

    @Test func whatIsTooOldGoesDeliveredOrNot() throws {
        try save(1...3, time: Self.day)
        try save(4...5, time: 3 * Self.day)
        withUpkeep(RetentionLimits(days: 2)) { $0.round(now: 3 * Self.day) }
        #expect(try kept == [1, 2, 3, 4, 5])
        withUpkeep(RetentionLimits(days: 2)) { $0.round(now: 3 * Self.day + 1) }
        #expect(try kept == [4, 5])
        withUpkeep(RetentionLimits()) { $0.round(now: 300 * Self.day) }
        #expect(try kept == [4, 5], "no limit")
    }

    @Test func moreThanAStepGoesInOneRound() throws {
        _ = try store.commit([.register(user: "bob", device: "b")])
        try save(1...1000, time: Self.day)
        _ = try store.commit([.acknowledge(user: "bob", device: "b", serverIDs: Array(1...990))])
        withUpkeep(RetentionLimits(messagesPerConversation: 5)) { $0.round(now: Self.day) }
        #expect(try kept == Array(991...1000), "what bob's device waits for stays")
    }

    @Test func lastLoginsAreWrittenAtTheEndAtTheLatest() throws {
        withUpkeep(RetentionLimits()) { $0.saw(DeviceSighting(user: "bob", device: "b", time: 5)) }
        #expect(try store.devices(of: "bob") == [DeviceSighting(user: "bob", device: "b", time: 5)])
    }
}
