import Messaging
import Testing

@Suite struct RememberedMessagesTests {
    private let failure = Receipt(.unavailable, "not reachable now")
    private let rejected = Receipt(.rejected, "not so")

    private func settle(_ messages: RememberedMessages, _ key: MessageKey, _ receipt: Receipt, taken: Bool = false, now: UInt32 = 0) {
        _ = messages.settle(key, receipt, wasTaken: taken, now: now)
    }

    @Test func aResendIsAnsweredAsTheFirstTime() {
        let messages = RememberedMessages(capacity: 1000)
        #expect(messages.begin(key(1), from: address(1), proposed: 11, now: 0) == .new)
        settle(messages, key(1), .success)
        #expect(messages.begin(key(1), from: address(2), proposed: 12, now: 5) == .answered(.success, serverID: 11))
        #expect(messages.begin(key(2), from: address(3), proposed: 13, now: 5) == .new)
        settle(messages, key(2), rejected)
        #expect(messages.begin(key(2), from: address(4), proposed: 14, now: 6) == .answered(rejected, serverID: 13))
    }

    @Test func itIsTheSameMessageOnlyIfAllPartsAre() {
        let messages = RememberedMessages(capacity: 1000)
        _ = messages.begin(key(1), from: address(1), proposed: 1, now: 0)
        settle(messages, key(1), .success)
        let others = [
            key(2), key(1, uid: "alic"), key(1, device: "tablet"), key(1, to: "bo"), key(1, isGroup: true),
            key(1, uid: "alicep", device: "hone"), key(1, device: "phoneb", to: "ob"),
        ]
        for (index, other) in others.enumerated() {
            #expect(messages.begin(other, from: address(1), proposed: UInt64(index) + 10, now: 0) == .new)
        }
    }

    @Test func oneInFlightIsAnsweredWithTheFirst() {
        let messages = RememberedMessages(capacity: 1000)
        _ = messages.begin(key(1), from: address(1), proposed: 11, now: 0)
        #expect(messages.begin(key(1), from: address(2, slot: 5), proposed: 12, now: 0) == .inFlight)
        #expect(messages.begin(key(1), from: address(3, slot: 6), proposed: 13, now: 0) == .inFlight)
        let end = messages.settle(key(1), .success, wasTaken: true, now: 0)
        #expect(end.receipt == .success && end.others == [address(2, slot: 5), address(3, slot: 6)])
        #expect(messages.settle(key(1), .success, wasTaken: true, now: 0).others.isEmpty)
    }

    @Test func notEverybodyMayWaitForOneInFlight() {
        let messages = RememberedMessages(capacity: 1000)
        _ = messages.begin(key(1), from: address(1), proposed: 11, now: 0)
        let verdicts = (0..<300).map { messages.begin(key(1), from: address($0), proposed: 12, now: 0) }
        #expect(verdicts.filter { $0 == .inFlight }.count == 256)
        guard case .answered(let receipt, 11) = verdicts[299] else {
            Issue.record("answered at once")
            return
        }
        #expect(receipt.isTemporary)
        #expect(messages.settle(key(1), .success, wasTaken: true, now: 0).others.count == 256)
    }

    @Test func aFailureThatMayPassIsTriedAgainUnderItsNumber() {
        let messages = RememberedMessages(capacity: 1000)
        _ = messages.begin(key(1), from: address(1), proposed: 11, now: 0)
        settle(messages, key(1), failure)
        #expect(messages.begin(key(1), from: address(2), proposed: 12, now: 1) == .again(serverID: 11))
        #expect(messages.begin(key(1), from: address(3), proposed: 13, now: 1) == .inFlight)
        settle(messages, key(1), .success)
        #expect(messages.begin(key(1), from: address(4), proposed: 14, now: 2) == .answered(.success, serverID: 11))
    }

    @Test func whatADeviceHasIsNotSentToItAgain() {
        let messages = RememberedMessages(capacity: 1000)
        _ = messages.begin(key(1), from: address(1), proposed: 11, now: 0)
        settle(messages, key(1), failure)
        messages.acceptedLate(key(1))
        #expect(messages.begin(key(1), from: address(2), proposed: 12, now: 1) == .answered(.success, serverID: 11))
        // The rules failed after a device had it.
        _ = messages.begin(key(2), from: address(1), proposed: 21, now: 0)
        settle(messages, key(2), Receipt(.unknownError, "the rules failed"), taken: true)
        #expect(messages.begin(key(2), from: address(2), proposed: 22, now: 1) == .answered(.success, serverID: 21))
        // A device took it while it was tried again.
        _ = messages.begin(key(3), from: address(1), proposed: 31, now: 0)
        settle(messages, key(3), failure)
        _ = messages.begin(key(3), from: address(2), proposed: 32, now: 0)
        messages.acceptedLate(key(3))
        #expect(messages.settle(key(3), failure, wasTaken: false, now: 0).receipt == .success)
    }

    @Test func afterADayItIsANewOne() {
        let messages = RememberedMessages(capacity: 1000)
        _ = messages.begin(key(1), from: address(1), proposed: 11, now: 100)
        settle(messages, key(1), .success, now: 100)
        #expect(messages.begin(key(1), from: address(1), proposed: 12, now: 100 + 86_399) == .answered(.success, serverID: 11))
        #expect(messages.begin(key(1), from: address(1), proposed: 13, now: 100 + 86_400) == .new)
        #expect(messages.count == 1)
    }

    @Test func memoryIsBoundedAndTheOldestGoFirst() {
        let messages = RememberedMessages(capacity: 1600)
        for id in UInt64(1)...50_000 {
            let name = key(id, uid: "user\(id % 500)")
            #expect(messages.begin(name, from: address(id), proposed: id, now: 0) == .new)
            settle(messages, name, .success)
        }
        #expect(messages.count <= 1600 && messages.count > 400)
        #expect(messages.begin(key(50_000, uid: "user0"), from: address(1), proposed: 1, now: 0) == .answered(.success, serverID: 50_000))
        #expect(messages.begin(key(500, uid: "user0"), from: address(1), proposed: 1, now: 0) == .new, "long forgotten")
    }

    @Test func oneDeviceCannotDriveOutTheOthers() {
        let messages = RememberedMessages(capacity: 6400)
        for id in UInt64(1)...20 {
            _ = messages.begin(key(id, uid: "quiet\(id)"), from: address(1), proposed: id, now: 0)
            settle(messages, key(id, uid: "quiet\(id)"), .success)
        }
        for id in UInt64(1)...50_000 {
            _ = messages.begin(key(id, uid: "loud"), from: address(1), proposed: id, now: 0)
            settle(messages, key(id, uid: "loud"), .success)
        }
        for id in UInt64(1)...20 {
            #expect(
                messages.begin(key(id, uid: "quiet\(id)"), from: address(1), proposed: 1, now: 0) == .answered(.success, serverID: id))
        }
        #expect(messages.count == 120)
    }

    @Test func nothingInFlightIsForgotten() {
        let messages = RememberedMessages(capacity: 16)
        for id in UInt64(1)...1000 { #expect(messages.begin(key(id), from: address(id), proposed: id, now: 0) == .new) }
        for id in UInt64(1)...1000 { #expect(messages.begin(key(id), from: address(id), proposed: id, now: 0) == .inFlight) }
        for id in UInt64(1)...1000 { settle(messages, key(id), .success) }
        #expect(messages.count <= 16)
    }

    @Test func withoutRoomItRemembersNothing() {
        let messages = RememberedMessages(capacity: 0)
        #expect(!messages.isOn)
        #expect(messages.begin(key(1), from: address(1), proposed: 1, now: 0) == .new)
        #expect(messages.begin(key(1), from: address(1), proposed: 2, now: 0) == .new)
        #expect(messages.count == 0)
    }

    @Test func whatADeviceTookLateIsAnsweredWithTheNumberItCameUnder() {
        let messages = RememberedMessages(capacity: 1000)
        #expect(messages.begin(key(1), from: address(1), proposed: 70, now: 0) == .new)
        _ = messages.settle(key(1), Receipt(.unavailable, "late"), wasTaken: false, now: 1)
        messages.acceptedLate(key(1), as: 60)
        #expect(messages.begin(key(1), from: address(2), proposed: 71, now: 2) == .answered(.success, serverID: 60))
    }
}
