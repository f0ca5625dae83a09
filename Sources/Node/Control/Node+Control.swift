import Dispatch
import Foundation
import HPushConfiguration
import Messaging
import PluginHost
import Reactor
import Synchronization

extension Node: NodeControl {
    public var isReady: Bool { !shared.draining.load(ordering: .relaxed) && chatAddress.port != 0 }

    public func drain() async { shared.draining.store(true, ordering: .relaxed) }

    public func status() async -> NodeStatus {
        let statistics = await statistics()
        let configuration = shared.configuration
        let (host, port) = chatAddress
        return NodeStatus(
            name: configuration.node.name, version: Self.version,
            state: shared.draining.load(ordering: .relaxed) ? .draining : port == 0 ? .starting : .ready, uptimeSeconds: uptimeSeconds,
            listeners: [.init(name: "chat", address: "\(host):\(port)")], loops: loops.count,
            connections: shared.connections.load(ordering: .relaxed), sessions: shared.sessions.load(ordering: .relaxed),
            users: shared.routes.userCount, generation: 1, messagesReceived: statistics.messagesReceived,
            messagesDelivered: statistics.messagesDelivered, messagesRefused: statistics.refusals.reduce(0, +),
            residentBytes: ProcessMemory.resident)
    }

    public func sessions(of user: String) async -> [SessionInfo] {
        shared.routes.sessions(of: user).sorted { $0.since < $1.since }.map { SessionInfo($0, node: shared.configuration.node.name) }
    }

    public func closeSession(id: String, reason: String) async -> Bool {
        guard let session = shared.find(id: id), session.state != .closed else { return false }
        let handle = session.handle
        shared.logger.info("session closed by an operator", metadata: ["session": "\(id)", "reason": "\(reason)"])
        let owner = loops[handle.loop]
        return await owner.ask { owner in
            guard owner.slots.session(handle) != nil else { return false }
            owner.close(handle, .admin, reason)
            return true
        } ?? false
    }

    public func plugins() async -> PluginListing {
        var handlers: [[HandlerStatistics]] = plugins.plugins.map { _ in [] }
        for owner in loops {
            let found = await owner.ask { owner -> [[HandlerStatistics]] in
                guard let state = owner.plugins else { return [] }
                return state.pluginNames.indices.map { state.handlers(of: $0) }
            }
            for (plugin, own) in (found ?? []).enumerated() where plugin < handlers.count { handlers[plugin].merge(own) }
        }
        let workers = await loops[0].ask { $0.plugins?.offload } ?? nil
        for (plugin, description) in plugins.plugins.enumerated() {
            handlers[plugin].merge(workers?.handlers(of: description.name) ?? [])
        }
        return PluginListing(
            generation: 1, since: Date().timeIntervalSince1970 - uptimeSeconds, filesDiffer: filesDiffer,
            plugins: plugins.plugins.enumerated().map { index, description in
                PluginInfo(
                    name: description.name, version: description.version, file: plugins.files[index], needs: description.needs,
                    // Every plugin may spawn; a row says so once one did.
                    handlers: handlers[index].filter { $0.name != "spawn" || $0.calls > 0 }.map(HandlerInfo.init))
            })
    }

    private var filesDiffer: Bool { plugins.differsFromFiles(in: shared.configuration.plugins.path) }

    func statistics() async -> LoopStatistics {
        var total = LoopStatistics()
        for owner in loops { if let own = await owner.ask(\.statistics) { total.add(own) } }
        return total
    }
}

extension SessionInfo {
    init(_ session: Session, node: String) {
        self.init(
            id: session.id.description, user: session.uid, device: session.device, platform: session.platform, remote: session.remote,
            node: node, since: Double(session.since) / 1000)
    }
}

extension HandlerInfo {
    init(_ statistics: HandlerStatistics) {
        self.init(
            name: statistics.name, calls: statistics.calls, errors: statistics.errors, budgetKills: statistics.budgetKills,
            timedCalls: statistics.timedCalls, timedSeconds: statistics.timedSeconds,
            p50Microseconds: statistics.microseconds(quantile: 0.5), p99Microseconds: statistics.microseconds(quantile: 0.99),
            allocatedBytes: statistics.allocatedBytes)
    }
}
