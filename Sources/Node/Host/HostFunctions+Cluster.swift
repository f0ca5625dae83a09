import Cluster
import PluginHost
import Synchronization

// hpush.cluster: a standalone node is a cluster of one.
extension HostFunctions {
    static let cluster: [AnyThreadFunction] = [
        AnyThreadFunction("cluster.self", need: "cluster") { _, node in .values([own(node.shared)]) },
        AnyThreadFunction("cluster.nodes", need: "cluster") { _, node in
            guard let cluster = node.shared.cluster else { return .values([.list([own(node.shared)])]) }
            let nodes = cluster.view.nodes.sorted { $0.key < $1.key }.map { fields($0.key, $0.value) }
            return .values([.list(nodes.isEmpty ? [own(node.shared)] : nodes)])
        },
    ]

    private static func own(_ shared: NodeShared) -> LuaValue {
        if let cluster = shared.cluster, let record = cluster.view[cluster.view.own] { return fields(cluster.view.own, record) }
        return .fields([
            "id": .integer(0), "name": .text(shared.configuration.node.name),
            "balance": .integer(Int64(shared.sessions.load(ordering: .relaxed))),
        ])
    }

    static func fields(_ id: NodeID, _ record: NodeRecord) -> LuaValue {
        .fields([
            "id": .integer(Int64(id.rawValue)), "name": .text(record.name ?? ""), "host": .text(record.host),
            "port": .integer(Int64(record.port)), "balance": .integer(record.balance), "draining": .bool(record.draining ?? false),
        ])
    }
}
