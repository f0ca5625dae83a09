import Foundation
import HPushConfiguration
import Logging
import PluginHost
import Reactor
import Synchronization

// The end of a node's service, without a rush: clients come back somewhere else a few at a time.
extension Node {
    /// How often sessions are closed while it drains.
    private static let step = Duration.milliseconds(20)

    /// Takes no new logins, tells every session that the node goes, and closes the sessions at `chat.drain_per_second`. Returns when none is left
    /// or `chat.drain_seconds` are over; at once when there is none.
    public func leave() async {
        shared.draining.store(true, ordering: .relaxed)
        closeListener()
        clusterServices?.drain()
        let chat = shared.configuration.chat
        let count = shared.sessions.load(ordering: .relaxed)
        guard count > 0 else { return }
        shared.logger.notice(
            "draining", metadata: ["sessions": "\(count)", "per_second": "\(chat.drainPerSecond)", "seconds": "\(chat.drainSeconds)"])
        tell()
        var pace = DrainPace(perSecond: chat.drainPerSecond, seconds: chat.drainSeconds)
        let began = ContinuousClock.now
        while shared.sessions.load(ordering: .relaxed) > 0 {
            let due = pace.due(at: (ContinuousClock.now - began) / .seconds(1))
            if due != 0 {
                let closed = await dismiss(due)
                pace.close(closed)
                // What is still there is on its way out: its output is being sent.
                if due == nil || closed == 0 { return }
            }
            // Cancelled: its process ends in a hurry.
            do { try await Task.sleep(for: Self.step) } catch { return }
        }
    }

    /// - Parameter most: nil: all.
    private func dismiss(_ most: Int?) async -> Int {
        var closed = 0
        for (position, owner) in loops.enumerated() {
            // Each loop its share, so that none has to take them all.
            let share = most.map { ($0 - closed + loops.count - position - 1) / (loops.count - position) }
            if share == 0 { continue }
            closed += await owner.ask { $0.dismiss(share) } ?? 0
        }
        return closed
    }

    /// A notification to every session. Clients that don't know its type ignore it.
    private func tell() {
        let configuration = shared.configuration
        var data: [(String, LuaValue)] = [
            ("reason", .text("drain")), ("node", .text(configuration.node.name)),
            ("seconds", .integer(Int64(configuration.chat.drainPerSecond == 0 ? 0 : configuration.chat.drainSeconds))),
        ]
        if !configuration.gate.url.isEmpty { data.append(("gate", .text(configuration.gate.url))) }
        let notice = LuaValue.fields(["type": .integer(40), "data": .table(data.map { LuaValue.Entry(.text($0.0), $0.1) })])
        guard let json = try? JSONText.encode(notice), let frame = try? Notice.frame(json: json, shared) else { return }
        for owner in loops {
            owner.loop.execute { frame.withUnsafeBytes { owner.broadcastHere($0) } }
        }
    }
}
