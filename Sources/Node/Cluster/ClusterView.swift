import Cluster
import Dispatch
import Synchronization

/// The nodes of the cluster as this one knows them. Any thread.
final class ClusterView: Sendable {
    private struct State {
        var nodes: [NodeID: NodeRecord] = [:]
        var isCurrent = false
        /// When each said something last, in nanoseconds of the machine.
        var heard: [NodeID: UInt64] = [:]
    }

    /// Nodes say something every two seconds at least. Nanoseconds.
    static let patience: UInt64 = 6_000_000_000

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

    /// Whether a node has said nothing for too long, as far as ZooKeeper can be asked. Any thread.
    func isStale(_ node: NodeID) -> Bool {
        let now = DispatchTime.now().uptimeNanoseconds
        return state.withLock { state in
            guard state.isCurrent, let heard = state.heard[node] else { return false }
            return now > heard + Self.patience
        }
    }

    struct Change {
        var joined: [NodeID: NodeRecord] = [:]
        var left: [NodeID: NodeRecord] = [:]
    }

    /// - Returns: what is different, not counting this node itself.
    /// - Parameter heard: those whose record was written since the last time.
    func update(_ nodes: [NodeID: NodeRecord], heard: Set<NodeID>) -> Change {
        let own = self.own
        let now = DispatchTime.now().uptimeNanoseconds
        return state.withLock { state in
            state.heard = state.heard.filter { nodes[$0.key] != nil }
            for id in nodes.keys where heard.contains(id) || state.heard[id] == nil { state.heard[id] = now }
            var change = Change()
            for (id, record) in nodes where id != own && state.nodes[id] == nil { change.joined[id] = record }
            for (id, record) in state.nodes where id != own && nodes[id] == nil { change.left[id] = record }
            state.nodes = nodes
            return change
        }
    }
}
