import Messaging
import Testing

@Suite struct DeliveryTrackerTests {
    private var tracker = DeliveryTracker(patience: 100)

    private func answer(_ receipt: Receipt, taken: Bool = false, id: UInt64 = 7, key: MessageKey? = nil) -> DeliveryTracker.Action {
        .answer(.init(serverID: id, address: address(1), key: key, receipt: receipt, wasTaken: taken))
    }

    private let unreachable = Receipt(.unavailable, "not reachable now")
    private let late = Receipt(.unavailable, "no device took it in time")

    @Test mutating func theFirstDeviceDecides() {
        tracker.begin(7, for: address(1), key: nil)
        tracker.sent(7, isQueued: true)
        tracker.sent(7, isQueued: true)
        #expect(tracker.ended(7, .handled, now: 0) == .none)
        #expect(tracker.device(7, .refused) == .none)
        #expect(tracker.device(7, .taken) == answer(.success, taken: true))
        #expect(tracker.device(7, .taken) == .none)
        #expect(tracker.count == 0 && tracker.nextDeadline == nil)
    }

    @Test mutating func theAnswerNamesTheNumberUnderWhichADeviceHasIt() {
        tracker.begin(7, for: address(1), key: nil)
        tracker.sent(7, isQueued: true)
        #expect(tracker.device(7, .taken, as: 5) == .none)
        #expect(tracker.ended(7, .handled, now: 0) == answer(.success, taken: true, id: 5))
    }

    @Test mutating func successWaitsForTheChain() {
        tracker.begin(7, for: address(1), key: nil)
        tracker.sent(7, isQueued: true)
        #expect(tracker.device(7, .taken) == .none, "its rules still run")
        #expect(tracker.ended(7, .handled, now: 0) == answer(.success, taken: true))
    }

    @Test mutating func noDeviceIsAFailure() {
        tracker.begin(7, for: address(1), key: nil)
        tracker.sent(7, isQueued: true)
        #expect(tracker.ended(7, .handled, now: 0) == .none)
        #expect(tracker.device(7, .refused) == answer(unreachable))
        tracker.begin(8, for: address(1), key: nil)
        tracker.sent(8, isQueued: false)
        #expect(tracker.ended(8, .handled, now: 0) == answer(unreachable, id: 8), "sent in vain")
        #expect(tracker.count == 0)
    }

    @Test mutating func whatRulesHandledIsASuccess() {
        tracker.begin(7, for: address(1), key: nil)
        #expect(tracker.ended(7, .handled, now: 0) == answer(.success), "sent to nobody: a command, say")
        tracker.begin(8, for: address(1), key: nil)
        tracker.sent(8, isQueued: true)
        _ = tracker.ended(8, .handled, now: 0)
        #expect(tracker.device(8, .kept) == answer(.success, id: 8), "kept from the only device by a rule")
    }

    @Test mutating func theChainsFailureIsTheAnswerWhateverDevicesSay() {
        let rejected = Receipt(.rejected, "no")
        tracker.begin(7, for: address(1), key: key(1))
        tracker.sent(7, isQueued: true)
        #expect(tracker.ended(7, .failed(rejected), now: 0) == answer(rejected, key: key(1)))
        #expect(tracker.device(7, .taken) == .none)
        #expect(tracker.count == 0)
    }

    @Test mutating func timeIsOver() {
        tracker.begin(7, for: address(1), key: nil)
        tracker.begin(8, for: address(1), key: nil)
        tracker.sent(7, isQueued: true)
        tracker.sent(8, isQueued: true)
        _ = tracker.ended(7, .handled, now: 10)
        _ = tracker.ended(8, .handled, now: 20)
        #expect(tracker.nextDeadline == 110)
        #expect(tracker.expired(now: 109) == nil)
        #expect(tracker.expired(now: 110) == answer(late))
        #expect(tracker.expired(now: 110) == nil)
        #expect(tracker.device(8, .taken) == answer(.success, taken: true, id: 8))
        #expect(tracker.expired(now: 1000) == nil && tracker.count == 0)
    }

    @Test mutating func aMessageWhoseRulesStillWaitDoesNotTimeOut() {
        tracker.begin(7, for: address(1), key: nil)
        tracker.sent(7, isQueued: true)
        #expect(tracker.expired(now: 1_000_000) == nil)
    }

    @Test mutating func aDeviceThatTakesItLateMakesTheNextTryASuccess() {
        tracker.begin(7, for: address(1), key: key(1))
        tracker.sent(7, isQueued: true)
        _ = tracker.ended(7, .handled, now: 0)
        #expect(tracker.expired(now: 100) == answer(late, key: key(1)))
        #expect(tracker.device(7, .taken) == .acceptedLate(key(1)))
        #expect(tracker.count == 0)
    }

    @Test mutating func nothingIsKeptForEver() {
        tracker.begin(7, for: address(1), key: key(1))
        tracker.sent(7, isQueued: true)
        _ = tracker.ended(7, .handled, now: 0)
        _ = tracker.expired(now: 100)
        #expect(tracker.nextDeadline == 200)
        #expect(tracker.expired(now: 200) == DeliveryTracker.Action.none)
        #expect(tracker.expired(now: 200) == nil && tracker.count == 0)
        #expect(tracker.device(7, .taken) == .none)
    }

    @Test mutating func anotherTryUnderTheSameNumber() {
        tracker.begin(7, for: address(5), key: key(1))
        tracker.sent(7, isQueued: true)
        _ = tracker.ended(7, .handled, now: 0)
        _ = tracker.expired(now: 100)
        tracker.begin(7, for: address(1), key: key(1))
        // The device has it on its way: it reports to this try in place of the first.
        #expect(tracker.device(7, .refused) == .none)
        tracker.sent(7, isQueued: true)
        #expect(tracker.ended(7, .handled, now: 150) == .none)
        #expect(tracker.device(7, .taken) == answer(.success, taken: true, key: key(1)))
        #expect(tracker.count == 0 && tracker.nextDeadline == nil)
    }

    @Test mutating func aStoreIsTheSourceOfSuccess() {
        tracker.begin(7, for: address(1), key: nil)
        tracker.stores(7)
        tracker.sent(7, isQueued: true)
        #expect(tracker.device(7, .taken) == .none, "a device is not enough")
        #expect(tracker.ended(7, .handled, now: 0) == .none)
        #expect(tracker.stored(7, .success) == answer(.success, taken: true))

        let full = Receipt(.unavailable, "the inbox is full")
        tracker.begin(8, for: address(1), key: nil)
        tracker.stores(8)
        #expect(tracker.stored(8, full) == .none, "its rules still run")
        #expect(tracker.ended(8, .handled, now: 0) == answer(full, id: 8))

        tracker.begin(9, for: address(1), key: nil)
        tracker.stores(9)
        _ = tracker.ended(9, .handled, now: 0)
        #expect(tracker.expired(now: 100) == answer(Receipt(.unavailable, "not stored in time"), id: 9))
        #expect(tracker.stored(9, .success) == .none)
    }

    @Test mutating func unknownAndDoubledWordsAreHarmless() {
        #expect(tracker.device(7, .taken) == .none)
        #expect(tracker.ended(7, .handled, now: 0) == .none)
        #expect(tracker.stored(7, .success) == .none)
        tracker.begin(7, for: address(1), key: nil)
        #expect(tracker.device(7, .refused) == .none)
        tracker.sent(7, isQueued: true)
        #expect(tracker.ended(7, .handled, now: 0) == .none)
        #expect(tracker.ended(7, .handled, now: 0) == .none)
        #expect(tracker.device(7, .taken) == answer(.success, taken: true))
    }

    /// Many messages with random fates: each is answered once, and nothing is left.
    @Test mutating func eachMessageIsAnsweredOnce() {
        var random = SystemRandomNumberGenerator()
        var answers: [UInt64: Int] = [:]
        func note(_ action: DeliveryTracker.Action) {
            if case .answer(let settled) = action { answers[settled.serverID, default: 0] += 1 }
        }
        var open: [UInt64] = []
        for id in UInt64(1)...5000 {
            tracker.begin(id, for: address(id), key: id.isMultiple(of: 2) ? key(id) : nil)
            for _ in 0..<Int.random(in: 0...3, using: &random) { tracker.sent(id, isQueued: Bool.random(using: &random)) }
            note(tracker.ended(id, id.isMultiple(of: 5) ? .failed(unreachable) : .handled, now: id))
            open.append(id)
            for _ in 0..<2 {
                let known = open.randomElement(using: &random) ?? id
                note(tracker.device(known, [.taken, .kept, .refused].randomElement(using: &random) ?? .taken))
            }
            while let action = tracker.expired(now: id) { note(action) }
        }
        while let action = tracker.expired(now: 1_000_000) { note(action) }
        while let action = tracker.expired(now: 2_000_000) { note(action) }
        #expect(answers.count == 5000 && answers.values.allSatisfy { $0 == 1 })
        #expect(tracker.count == 0 && tracker.nextDeadline == nil)
    }
}
