import Dispatch
import Synchronization

/// Has a store look for other processes' changes twice a second, on a pool's threads, until it is cancelled or released.
public final class AccountRefresher: @unchecked Sendable {
    // Unchecked, because Dispatch does not say that its timers are thread-safe in a way the compiler sees; they are.
    private let timer: any DispatchSourceTimer

    /// - Parameter told: called on a pool thread when that begins to fail, with why, and when it succeeds again, with nil; for the log.
    public init(
        store: any AccountStore, pool: BlockingPool, interval: DispatchTimeInterval = .milliseconds(500),
        told: @escaping @Sendable ((any Error)?) -> Void = { _ in }
    ) {
        let waiting = Waiting()
        let health = Health()
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "hpush.account-refresher"))
        timer.setEventHandler {
            // A pool that is behind gets one job, not one each half second.
            guard waiting.begin() else { return }
            let accepted = pool.submit {
                waiting.end()
                do {
                    try store.refresh()
                    if health.changes(toFailing: false) { told(nil) }
                } catch { if health.changes(toFailing: true) { told(error) } }
            }
            if !accepted { waiting.end() }
        }
        timer.schedule(deadline: .now() + interval, repeating: interval, leeway: .milliseconds(20))
        timer.activate()
        self.timer = timer
    }

    public func cancel() { timer.cancel() }

    deinit { timer.cancel() }

    private final class Health: Sendable {
        private let isFailing = Atomic(false)

        func changes(toFailing now: Bool) -> Bool { isFailing.exchange(now, ordering: .relaxed) != now }
    }

    private final class Waiting: Sendable {
        private let flag = Atomic(false)

        func begin() -> Bool { flag.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged }
        func end() { flag.store(false, ordering: .releasing) }
    }
}
