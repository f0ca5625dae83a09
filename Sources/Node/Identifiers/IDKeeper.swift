import Dispatch
import Foundation
import Logging
import Messaging
import Storage
import Synchronization

/// The node's ids, and the mark on the disk that is always ahead of them.
final class IDKeeper: @unchecked Sendable {
    // Unchecked, because Dispatch does not say that its timers are thread-safe in a way the compiler sees; they are.

    let ids: SnowflakeGenerator
    private let mark: IDMark
    private let queue = DispatchQueue(label: "hpush.id-mark")
    private let timer: any DispatchSourceTimer
    private let reserve: Mutex<IDReserve>

    /// - Parameter worker: this node's number.
    /// - Throws: `DataDirectoryError`.
    init(worker: Int, dataDirectory: String, logger: Logger) throws {
        try DataDirectory.make(dataDirectory)
        mark = IDMark(dataDirectory: dataDirectory)
        let before = try mark.read()
        let start = max(Self.now, before)
        // What a crash left unused; more means that the clock was set back.
        if before > Self.now + IDReserve.later {
            logger.warning(
                "the clock is behind the ids given before; new ones run ahead of it", metadata: ["seconds": "\((before - Self.now) / 1000)"]
            )
        }
        let reserve = IDReserve(start: start)
        try mark.write(reserve.mark)
        self.reserve = Mutex(reserve)
        ids = SnowflakeGenerator(worker: worker, from: start)
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { [weak self] in self?.renew(logger) }
        timer.schedule(deadline: .now() + .seconds(2), repeating: .seconds(5), leeway: .milliseconds(200))
        timer.activate()
    }

    deinit { timer.cancel() }

    private func renew(_ logger: Logger) {
        let now = max(Self.now, ids.end)
        var next = reserve.withLock { $0 }
        guard let renewed = next.renewed(at: now) else { return }
        do {
            try mark.write(renewed)
            reserve.withLock { $0 = next }
        } catch { logger.error("ids could repeat after a crash and a clock set back: \(error)") }
    }

    /// No id is given after this: the next start need not skip the reserve.
    func end() {
        timer.cancel()
        queue.sync { try? mark.write(ids.end) }
    }

    private static var now: UInt64 { UInt64(max(Date().timeIntervalSince1970, 0) * 1000) }
}
