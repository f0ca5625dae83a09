import Synchronization

/// What of other nodes' words may be missing here. Any thread; each call takes one short lock. All times in milliseconds of one clock.
public final class HeardNodes: Sendable {
    private let nodes = Mutex<[NodeID: PeerHearing]>([:])

    public init() {}

    /// For how long something that any other node said may be missing; nil: nothing is.
    public func silence(now: UInt64) -> UInt64? {
        nodes.withLock { nodes in
            nodes.values.reduce(nil) { longest, node in
                guard let missing = node.missing(now) else { return longest }
                return max(longest ?? 0, now - min(missing, now))
            }
        }
    }

    /// Whether something that a node said may be missing or late.
    public func isLate(_ node: NodeID, now: UInt64) -> Bool { nodes.withLock { $0[node]?.missing(now) != nil } }

    /// Nobody listens where the node was.
    public func gone(_ node: NodeID) { nodes.withLock { $0[node]?.gone() } }

    func heard(_ node: NodeID, now: UInt64) { nodes.withLock { $0[node]?.heard(now) } }

    func closed(_ node: NodeID, now: UInt64) { nodes.withLock { $0[node]?.closed(now) } }

    func opened(_ node: NodeID, now: UInt64) {
        nodes.withLock { nodes in
            if nodes[node] == nil { nodes[node] = PeerHearing(now: now) } else { nodes[node]?.opened(now) }
        }
    }

    /// Its registration is gone.
    func forget(_ node: NodeID) { nodes.withLock { $0[node] = nil } }
}
