import ArgumentParser
import Foundation
import Node

/// `hpush status`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "How the running node is.")

    @OptionGroup var admin: AdminOptions
    @Flag(help: "The node's answer as JSON.") var json = false

    func run() async throws {
        let (status, bytes) = try await admin.client().get("/v1/status", as: NodeStatus.self)
        guard !json else { return print(String(decoding: bytes, as: UTF8.self), terminator: "") }
        var table = TextTable([.left, .left])
        table.add([
            "node", "\(status.name), \(status.state.rawValue), up \(Amount.duration(status.uptimeSeconds)), hpush \(status.version)",
        ])
        for listener in status.listeners { table.add([listener.name, listener.address]) }
        table.add(["sessions", "\(Amount.count(status.sessions)) of \(Amount.count(status.users)) users"])
        table.add(["connections", Amount.count(status.connections)])
        table.add([
            "messages",
            "\(Amount.count(status.messagesReceived)) received, \(Amount.count(status.messagesDelivered)) delivered, "
                + "\(Amount.count(status.messagesRefused)) refused",
        ])
        table.add(["loops", "\(status.loops)"])
        table.add(["plugins", "generation \(status.generation)"])
        table.add(["memory", memory(of: status)])
        if let store = status.store {
            table.add(["store", store.failure.map { "failing: \($0)" } ?? "\(Amount.count(Int(clamping: store.writes))) writes"])
        }
        if let cluster = status.cluster { add(cluster, to: &table) }
        for line in table.lines { print(line) }
        guard let nodes = status.cluster?.nodes, !nodes.isEmpty else { return }
        var members = TextTable([.right, .left, .left, .right, .left, .left])
        members.add(["", "", "", "", "", ""])
        members.add(["id", "name", "address", "sessions", "state", "link"])
        for node in nodes { members.add(["\(node.id)", node.name, node.address, Amount.count(Int(node.sessions)), node.state, node.link]) }
        for line in members.lines { print(line) }
    }

    private func memory(of status: NodeStatus) -> String {
        guard let limit = status.memoryLimitBytes else { return Amount.bytes(status.residentBytes) }
        let refuses = status.state == .full ? ", used up: logins are refused" : ""
        return "\(Amount.bytes(status.residentBytes)) of \(Amount.bytes(limit))\(refuses)"
    }

    private func add(_ cluster: ClusterStatus, to table: inout TextTable) {
        let number = cluster.node.map { "node \($0)" } ?? "not registered"
        table.add(["cluster", "\(number) of \(cluster.nodes.count)\(cluster.current ? "" : ", as ZooKeeper said last")"])
        table.add(["zookeeper", cluster.zookeeper])
        let waiting = cluster.routesWaiting > 0 ? ", \(Amount.count(cluster.routesWaiting)) changes wait" : ""
        table.add(["redis", "\(cluster.redis)\(waiting)"])
    }
}
