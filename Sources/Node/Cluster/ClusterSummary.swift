import Cluster
import Measures

/// How a node stands in its cluster, at one moment.
struct ClusterSummary: Sendable {
    var node = NodeID.none
    var zooKeeper = ""
    /// How long its requests took.
    var zooKeeperTook = DurationHistogram()
    /// Whether what is known of the nodes is what ZooKeeper says now.
    var isCurrent = false
    var redis = ""
    var routes = RouteStore.Counts()
    /// Users of whom it is known where they are.
    var cached = 0
}
