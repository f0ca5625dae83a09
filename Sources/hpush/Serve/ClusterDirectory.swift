import Cluster
import Gate
import Node

/// The nodes of the cluster, as the node of this process knows them.
struct ClusterDirectory: NodeDirectory {
    let node: Node

    func nodes() -> [GateNode] { node.knownNodes.map { GateNode($0.id, $0.record, isStale: $0.isStale) } }
}

extension GateNode {
    init(_ id: NodeID, _ record: NodeRecord, isStale: Bool) {
        self.init(
            id: Int64(id.rawValue), balance: Int(record.balance), host: record.host, port: record.port,
            tls: record.tls ?? false, websocketPort: record.websocketPort, websocketTLS: record.websocketTLS ?? false,
            name: record.name ?? "", draining: record.draining ?? false, stale: isStale)
    }
}
