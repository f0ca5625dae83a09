import Cluster
import Synchronization

/// The nodes of the cluster as this one knows them. Any thread.
final class ClusterView: Sendable {
    private struct State {
        var nodes: [NodeID: NodeRecord] = [:]
        var isCurrent = false
    }

    private let state = Mutex(State())
    private let ownNumber = Atomic<UInt32>(NodeID.none.rawValue)

    /// This node's number; `.none` before it is registered.
    var own: NodeID {
        get { NodeID(ownNumber.load(ordering: .acquiring)) }
        set { ownNumber.store(newValue.rawValue, ordering: .releasing) }
    }

    func contains(_ node: NodeID) -> Bool { state.withLock { $0.nodes[node] != nil } }

    subscript(node: NodeID) -> NodeRecord? { state.withLock { $0.nodes[node] } }

    var nodes: [NodeID: NodeRecord] { state.withLock { $0.nodes } }

    /// Whether ZooKeeper says so now; otherwise it is what it said last.
    var isCurrent: Bool {
        get { state.withLock { $0.isCurrent } }
        set { state.withLock { $0.isCurrent = newValue } }
    }

    struct Change {
        var joined: [NodeID: NodeRecord] = [:]
        var left: [NodeID: NodeRecord] = [:]
    }

    /// - Returns: what is different, not counting this node itself.
    func update(_ nodes: [NodeID: NodeRecord]) -> Change {
        let own = self.own
        return state.withLock { state in
            var change = Change()
            for (id, record) in nodes where id != own && state.nodes[id] == nil { change.joined[id] = record }
            for (id, record) in state.nodes where id != own && nodes[id] == nil { change.left[id] = record }
            state.nodes = nodes
            return change
        }
    }
}
