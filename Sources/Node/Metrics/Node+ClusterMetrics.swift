import Cluster
import Measures
import Synchronization

extension Node {
    /// What a node in a cluster counts; nothing on one that stands alone.
    func addCluster(to text: inout MetricsText, _ statistics: LoopStatistics, _ reports: [LoopReport]) async {
        guard let cluster = shared.cluster, let clusterServices else {
            redisTimes(&text, [("rules", shared.redis.took)])
            return
        }
        let summary = await clusterServices.state()
        let links = reports.flatMap(\.peers)
        text.gauge("hpush_cluster_nodes", "Nodes of the cluster, this one too", Double(cluster.view.nodes.count))
        text.gauge("hpush_zookeeper_connected", "1 while the nodes are known as ZooKeeper has them", summary.isCurrent ? 1 : 0)
        text.gauge("hpush_redis_connected", "1 while routes can be asked and written", summary.redis == "connected" ? 1 : 0)
        text.gauge("hpush_peer_links", "Other nodes that take messages", Double(links.count))
        text.gauge("hpush_peer_links_open", "Those with a link that is open", Double(links.count { $0.isOpen }))
        text.gauge(
            "hpush_peer_records_waiting", "Records that other nodes have not acknowledged", Double(links.reduce(0) { $0 + $1.waiting }))
        text.gauge("hpush_peer_bytes_waiting", "Bytes of those records", Double(links.reduce(0) { $0 + $1.bytes }))
        text.counter("hpush_messages_forwarded_total", "Messages queued for other nodes", Double(statistics.messagesForwarded))
        text.counter(
            "hpush_messages_from_other_rules_total", "Messages that came from a node with other rules",
            Double(cluster.mismatches.load(ordering: .relaxed)))
        text.gauge("hpush_routes_cached", "Users of whom it is known where they are", Double(summary.cached))
        text.gauge("hpush_routes_waiting", "Changes of routes that wait for Redis", Double(summary.routes.waiting))
        text.counter("hpush_route_lookups_total", "Questions to Redis where a user is", Double(summary.routes.lookUps))
        text.counter("hpush_route_invalidations_total", "Users of whom it is not known any more", Double(summary.routes.invalidations))
        text.counter("hpush_route_failures_total", "Questions and changes that Redis did not take", Double(summary.routes.failures))
        text.counter("hpush_routes_swept_total", "Routes of dead nodes removed", Double(summary.routes.swept))
        text.histograms(
            "hpush_zookeeper_request_seconds", "How long ZooKeeper took to answer", [("", .init(summary.zooKeeperTook))])
        redisTimes(&text, [("routes", summary.routes.took), ("rules", shared.redis.took)])
    }

    private func redisTimes(_ text: inout MetricsText, _ times: [(use: String, took: DurationHistogram)]) {
        text.histograms(
            "hpush_redis_command_seconds", "How long Redis took to answer, by what asked: routes of users, or hpush.redis of rules",
            times.map { ("use=\"\($0.use)\"", .init($0.took)) })
    }
}
