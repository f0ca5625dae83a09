import Cluster
import Dispatch

extension Node {
    /// A node of the cluster as the gate asks for it.
    public struct KnownNode: Sendable {
        public var id: NodeID
        public var record: NodeRecord
        /// It has said nothing for so long that it may be frozen.
        public var isStale: Bool
    }

    /// The nodes of the cluster, this one too; empty on a node that stands alone. Any thread.
    public var knownNodes: [KnownNode] {
        guard let view = shared.cluster?.view else { return [] }
        return view.nodes.sorted { $0.key < $1.key }.map { id, record in
            var record = record
            if id == view.own { record.balance = Int64(sessionCount) }
            return KnownNode(id: id, record: record, isStale: id != view.own && view.isStale(id))
        }
    }
}
