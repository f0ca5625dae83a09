import Testing

@testable import Messaging

@Suite struct DeliveredMessagesTests {
    private func begin(_ messages: DeliveredMessages, _ id: UInt64, to user: String = "bob", _ serverID: UInt64, now: UInt32 = 0)
        -> DeliveredMessages.Verdict
    {
        Array(user.utf8).withUnsafeBytes { messages.begin(key(id).name, to: $0, serverID, now: now) }
    }

    private func took(_ messages: DeliveredMessages, _ id: UInt64, by user: String = "bob", _ serverID: UInt64) {
        Array(user.utf8).withUnsafeBytes { messages.took(key(id).name, $0, serverID) }
    }

    @Test func whatADeviceHasIsKnownUnderItsFirstNumber() {
        let messages = DeliveredMessages(capacity: 1000)
        #expect(begin(messages, 1, 70) == .new)
        #expect(begin(messages, 1, 71) == .underWay)
        took(messages, 1, 70)
        took(messages, 1, 71)
        #expect(begin(messages, 1, 72) == .taken(serverID: 70))
        #expect(begin(messages, 2, 73) == .new)
    }

    @Test func eachRecipientCountsForItself() {
        let messages = DeliveredMessages(capacity: 1000)
        #expect(begin(messages, 1, 70) == .new)
        took(messages, 1, 70)
        #expect(begin(messages, 1, to: "carol", 70) == .new)
    }

    @Test func theOldestAreForgotten() {
        let messages = DeliveredMessages(capacity: 640)
        for id in 1...UInt64(100_000) {
            _ = begin(messages, id, id)
            took(messages, id, id)
        }
        #expect(messages.count <= 640 + 2 * DeliveredMessages.laneCount)
        #expect(begin(messages, 100_000, 1) == .taken(serverID: 100_000))
        #expect(begin(messages, 1, 1) == .new)
    }

    @Test func twoDaysLaterNothingIsLeft() {
        let messages = DeliveredMessages(capacity: 1_000_000)
        for id in 1...UInt64(1000) { _ = begin(messages, id, id, now: 10) }
        for id in 1001...UInt64(2000) { _ = begin(messages, id, id, now: 10 + DeliveredMessages.age) }
        #expect(messages.count == 2000)
        for id in 2001...UInt64(3000) { _ = begin(messages, id, id, now: 10 + 2 * DeliveredMessages.age) }
        #expect(messages.count == 2000)
    }

    @Test func withoutRoomItKeepsNothing() {
        let messages = DeliveredMessages(capacity: 0)
        #expect(begin(messages, 1, 70) == .new && begin(messages, 1, 70) == .new && messages.count == 0)
    }

    @Test func whatADeviceTookAtAnotherNodeIsKnownOfThatDeviceOnly() {
        let messages = DeliveredMessages(capacity: 1000)
        func taken(_ id: UInt64, by user: String, _ device: String) -> UInt64? {
            Array(user.utf8).withUnsafeBytes { user in
                Array(device.utf8).withUnsafeBytes { messages.takenElsewhere(key(id).name, user, device: $0) }
            }
        }
        for serverID in UInt64(70)...71 {
            Array("bob".utf8).withUnsafeBytes { user in
                Array("phone".utf8).withUnsafeBytes { messages.tookElsewhere(key(1).name, user, device: $0, serverID, now: 0) }
            }
        }
        #expect(taken(1, by: "bob", "phone") == 70)
        #expect(taken(1, by: "bob", "desk") == nil && taken(2, by: "bob", "phone") == nil && taken(1, by: "bobp", "hone") == nil)
        // The user's other devices are to get it.
        #expect(begin(messages, 1, 72) == .new)
    }
}
