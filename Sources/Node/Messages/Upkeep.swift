import Foundation
import Storage
import Synchronization

/// What the message store needs beside its messages, on a thread of its own: devices' last logins, gathered and written together, and the
/// removal of what need not be kept, in small steps with pauses between them, so that no commit of messages waits long.
///
/// A failure ends a round; the next one tries again.
final class Upkeep: @unchecked Sendable {
    // `condition` guards `sightings`, `isOpen` and `isRunning`; the rest belongs to the thread.
    private static let mostSightings = 100_000
    private static let sightingsAtOnce = 500
    /// Messages of a conversation that go in one transaction.
    private static let step = 200
    private static let pause: TimeInterval = 0.02

    private let store: any MessageStore
    private let writer: MessageWriter
    private let limits: RetentionLimits
    private let interval: TimeInterval
    private let condition = NSCondition()
    private var sightings: [DeviceSighting] = []
    private var isOpen = true
    private var isRunning = true

    /// - Parameter interval: seconds between two looks for what need not be kept.
    init(store: any MessageStore, writer: MessageWriter, limits: RetentionLimits, interval: TimeInterval) {
        self.store = store
        self.writer = writer
        self.limits = limits
        self.interval = interval
        let thread = Foundation.Thread { [self] in work() }
        thread.name = "hpush-upkeep"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// A device logged in or out. Any thread; never waits.
    func saw(_ sighting: DeviceSighting) {
        condition.lock()
        defer { condition.unlock() }
        // Beyond that the store has been away for long; what is lost is how long ago somebody was here.
        if sightings.count < Self.mostSightings { sightings.append(sighting) }
    }

    /// Writes what is gathered and returns when that is done.
    func shutDown() {
        condition.lock()
        defer { condition.unlock() }
        isOpen = false
        condition.broadcast()
        while isRunning { condition.wait() }
    }

    // MARK: The thread

    private func work() {
        var nextRound = Date(timeIntervalSinceNow: interval)
        while wait(1) {
            writeSightings()
            guard Date() >= nextRound else { continue }
            round(now: UInt64(Date().timeIntervalSince1970 * 1000))
            nextRound = Date(timeIntervalSinceNow: interval)
        }
        writeSightings()
        condition.lock()
        isRunning = false
        condition.broadcast()
        condition.unlock()
    }

    /// - Returns: false when it is to end.
    private func wait(_ seconds: TimeInterval) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        let until = Date(timeIntervalSinceNow: seconds)
        while isOpen, condition.wait(until: until) {}
        return isOpen
    }

    private func takeSightings() -> [DeviceSighting] {
        condition.lock()
        defer { condition.unlock() }
        let some = Array(sightings.prefix(Self.sightingsAtOnce))
        sightings.removeFirst(some.count)
        return some
    }

    private func writeSightings() {
        while case let some = takeSightings(), !some.isEmpty {
            guard (try? store.keep(some)) != nil else {
                condition.lock()
                sightings = some + sightings
                condition.unlock()
                return
            }
        }
    }

    // MARK: Retention

    /// - Parameter now: milliseconds since 1970.
    func round(now: UInt64) {
        let day: UInt64 = 86_400_000
        let before = limits.days == 0 ? 0 : now - min(UInt64(limits.days) * day, now)
        while expire(before: before, now: now) { if !wait(Self.pause) { return } }
        guard limits.messagesPerConversation > 0 else { return }
        let seenSince = now - min(UInt64(limits.deviceDays) * day, now)
        while let removed = removeExcess(seenSince: seenSince), removed > 0 {}
    }

    /// Looks at all conversations once and removes a step of each.
    /// - Returns: how many messages went; nil: the round is over, since the store failed or the node ends.
    private func removeExcess(seenSince: UInt64) -> Int? {
        var removed = 0
        var conversation: Int64?
        repeat {
            guard
                let page = try? store.excess(
                    over: limits.messagesPerConversation, seenSince: seenSince, after: conversation, limit: Self.step)
            else { return nil }
            var rest = page.excesses[...]
            while !rest.isEmpty {
                var count = 0
                let some = rest.prefix { excess in
                    defer { count += excess.count }
                    return count < Self.step
                }
                rest.removeFirst(some.count)
                guard (try? store.remove(Array(some))) != nil, wait(Self.pause) else { return nil }
                removed += count
            }
            conversation = page.next
        } while conversation != nil
        return removed
    }

    /// - Returns: whether more is to go.
    private func expire(before: UInt64, now: UInt64) -> Bool {
        let done = DispatchSemaphore(value: 0)
        let count = Mutex(0)
        let isQueued = writer.submit(.expire(before: before, now: now)) { result in
            if case .success(.expired(let number)) = result { count.withLock { $0 = number } }
            done.signal()
        }
        guard isQueued else { return false }
        done.wait()
        return count.withLock { $0 } > 0
    }
}
