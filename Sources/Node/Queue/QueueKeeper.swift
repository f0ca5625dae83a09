import Dispatch
import Foundation
import RedisClient

/// Looks at the stream each second: how much waits, since when, and whether something that was put has got lost.
struct QueueKeeper: Sendable {
    private let queue: RedisWriteQueue

    init(_ queue: RedisWriteQueue) { self.queue = queue }

    func run() async {
        while queue.isOpen {
            await look()
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func look() async {
        let front = queue.connections.front
        // The length first: what it counts and is written meanwhile is not missed below.
        guard let length = try? await front.command(RedisCommand("XLEN", queue.key)).int,
            let oldest = try? await front.command(RedisCommand("XRANGE", queue.key, "-", "+", "COUNT", 1))
        else { return down() }
        let first = StreamEntry.list(oldest).first?.id
        queue.note { report in
            if !report.isUp { queue.logger.notice("the queue takes writes", metadata: ["stream": "\(queue.key)"]) }
            report.isUp = true
            report.waiting = length
            report.lagSeconds = first.map { max(0, Date().timeIntervalSince1970 - Double($0.milliseconds) / 1000) } ?? 0
        }
        for gone in queue.takeGone(before: first, now: .now()) {
            // Another node has written it, or Redis has lost it. Writing it again does no harm, but where nodes share a store it would be
            // done for most writes.
            if queue.isShared { gone.done(true) } else { queue.straight(gone.write, gone.done) }
        }
    }

    private func down() {
        queue.note { report in
            if report.isUp { queue.logger.warning("Redis is away: writes go straight to the store", metadata: ["stream": "\(queue.key)"]) }
            report.isUp = false
        }
    }
}
