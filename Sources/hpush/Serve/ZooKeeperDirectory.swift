import Cluster
import Gate

/// The nodes of a cluster, for a gate alone.
struct ZooKeeperDirectory: NodeDirectory {
    let watch: NodeWatch

    func nodes() -> [GateNode] { watch.nodes.map { GateNode($0.id, $0.record, isStale: $0.isStale) } }
}
