import Dispatch
import Logging
import Node
import Synchronization

/// Logins at a gate that cannot be checked: while a store is away there are many of them, and a line a second says enough. Any thread.
final class CheckFailures: Sendable {
    private let logger: Logger
    private let limiter = Mutex(LogLimiter(perSecond: 1))

    init(_ logger: Logger) { self.logger = logger }

    func tell(_ error: any Error) {
        let second = DispatchTime.now().uptimeNanoseconds / 1_000_000_000
        guard let suppressed = limiter.withLock({ $0.admit("check", second: second) }) else { return }
        logger.warning("a login could not be checked: \(error)", metadata: suppressed > 0 ? ["suppressed": "\(suppressed)"] : [:])
    }
}
