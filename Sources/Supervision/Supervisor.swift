import Foundation
import Logging
import Synchronization

/// The supervisor of this process, such as systemd, which wants to know how it is: NOTIFY_SOCKET and WATCHDOG_USEC in the environment.
/// Without one all of it does nothing. Any thread.
public final class Supervisor: Sendable {
    private let socket: NotifySocket?
    /// A sign of life is expected so often, in seconds; nil: not at all.
    private let patience: Double?
    private let logger: Logger
    private let watch = Mutex<PulseWatch?>(nil)
    private let hasFailed = Atomic<Bool>(false)
    private let isStopping = Atomic<Bool>(false)

    public init(environment: [String: String] = ProcessInfo.processInfo.environment, logger: Logger) {
        self.logger = logger
        socket = environment["NOTIFY_SOCKET"].flatMap { NotifySocket($0) }
        // For another process of the service, perhaps.
        let isMeant = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        patience = isMeant ? environment["WATCHDOG_USEC"].flatMap { Double($0) }.flatMap { $0 > 0 ? $0 / 1e6 : nil } : nil
    }

    /// It serves. From now on the supervisor gets signs of life, as long as all lanes answer.
    /// - Parameters:
    ///   - status: for people, one line.
    ///   - lanes: what must not stand still.
    public func ready(_ status: String, lanes: [Lane]) {
        guard socket != nil else { return }
        send("READY=1\nSTATUS=\(status)")
        guard let patience else { return }
        let pulse = PulseWatch(lanes: lanes, period: patience / 4) { [weak self] in self?.send("WATCHDOG=1") }
        watch.withLock { $0 = pulse }
        pulse.begin()
    }

    /// Its end has begun. Signs of life go on until it is over.
    public func stopping() {
        guard socket != nil, !isStopping.exchange(true, ordering: .relaxed) else { return }
        send("STOPPING=1\nSTATUS=draining")
    }

    private func send(_ text: String) {
        guard let code = socket?.send(text), code != 0, !hasFailed.exchange(true, ordering: .relaxed) else { return }
        logger.warning("the supervisor (NOTIFY_SOCKET) is not reached: \(String(cString: strerror(code)))")
    }
}
