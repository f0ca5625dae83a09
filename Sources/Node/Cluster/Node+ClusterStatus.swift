import Cluster
import Synchronization

extension Node {
    /// nil on a node that stands alone.
    func clusterStatus() async -> ClusterStatus? {
        guard let cluster = shared.cluster, let clusterServices else { return nil }
        let summary = await clusterServices.state()
        var links: [NodeID: Bool] = [:]
        for owner in loops { links.merge(await owner.ask { $0.peers.mapValues(\.isOpen) } ?? [:]) { a, _ in a } }
        let open = links
        let members = knownNodes.map { known in
            ClusterStatus.Member(
                id: known.id.rawValue, name: known.record.name ?? "", address: "\(known.record.host):\(known.record.port)",
                sessions: known.record.balance, state: known.isStale ? "silent" : known.record.draining == true ? "draining" : "ready",
                link: known.id == summary.node ? "own" : open[known.id].map { $0 ? "linked" : "down" } ?? "none")
        }
        return ClusterStatus(
            node: summary.node == .none ? nil : summary.node.rawValue, zookeeper: summary.zooKeeper, current: summary.isCurrent,
            redis: summary.redis, routesWaiting: summary.routes.waiting, routesCached: summary.cached, worker: shared.ids.worker,
            mismatches: cluster.mismatches.load(ordering: .relaxed), nodes: members)
    }
}
