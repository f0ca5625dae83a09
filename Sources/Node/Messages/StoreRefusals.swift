import Dispatch
import Logging
import Synchronization

/// Writes that the store refuses for what they are: somebody may send one that is as often as a rule lets through, and a line a second says enough.
/// Any thread.
final class StoreRefusals: Sendable {
    private let logger: Logger
    private let limiter = Mutex(LogLimiter(perSecond: 1))

    init(_ logger: Logger) { self.logger = logger }

    func tell(_ reason: String) {
        let second = DispatchTime.now().uptimeNanoseconds / 1_000_000_000
        guard let suppressed = limiter.withLock({ $0.admit("refused", second: second) }) else { return }
        logger.error("the store refuses a write: \(reason)", metadata: suppressed > 0 ? ["suppressed": "\(suppressed)"] : [:])
    }
}
