import Synchronization

/// What of other nodes' words may be missing here. Any thread; each call takes one short lock. All times in milliseconds of one clock.
public final class HeardNodes: Sendable {
    private struct State {
        var nodes: [NodeID: PeerHearing] = [:]
        /// The node that was at an address last.
        var places: [String: NodeID] = [:]

        mutating func forget(_ over: Set<NodeID>) {
            if over.isEmpty { return }
            for node in over { nodes[node] = nil }
            places = places.filter { !over.contains($0.value) }
        }

        func over(_ now: UInt64) -> Set<NodeID> { Set(nodes.lazy.filter { $0.value.isOver(now) }.map(\.key)) }
    }

    private let state = Mutex(State())

    public init() {}

    /// For how long (ms) something that other nodes said may be missing; nil: nothing is.
    public struct Silence: Equatable, Sendable {
        /// Of nodes that are registered.
        public var present: UInt64?
        /// Of those that are not any more, and are dead for all that is known, or stand still.
        public var absent: UInt64?
    }

    /// The longest of all. Any thread.
    public func silence(now: UInt64) -> Silence {
        state.withLock { state in
            var silence = Silence()
            for node in state.nodes.values {
                guard let missing = node.missing(now) else { continue }
                let length = now - min(missing, now)
                if node.isUnregistered {
                    silence.absent = max(silence.absent ?? 0, length)
                } else {
                    silence.present = max(silence.present ?? 0, length)
                }
            }
            return silence
        }
    }

    /// Whether something that a node said may be missing or late.
    public func isLate(_ node: NodeID, now: UInt64) -> Bool { state.withLock { $0.nodes[node]?.missing(now) != nil } }

    /// Whether nothing comes from a node.
    public func isSilent(_ node: NodeID, now: UInt64) -> Bool { state.withLock { $0.nodes[node]?.isSilent(now) ?? false } }

    /// A node is registered at an address. One that was there before under another number is the same: it stood still for longer than its
    /// registration lasted, and what it said then is still to come.
    public func placed(_ node: NodeID, at address: String, now: UInt64) {
        state.withLock { state in
            state.forget(state.over(now))
            let before = state.places.updateValue(node, forKey: address)
            guard let before, before != node, var hearing = state.nodes.removeValue(forKey: before) else { return }
            // It may have linked before it was seen here.
            if state.nodes[node] != nil { hearing.opened(now) }
            state.nodes[node] = hearing
        }
    }

    /// Nobody listens where the node was.
    public func gone(_ node: NodeID) { state.withLock { $0.nodes[node]?.gone() } }

    func heard(_ node: NodeID, now: UInt64) { state.withLock { $0.nodes[node]?.heard(now) } }

    func closed(_ node: NodeID, now: UInt64) { state.withLock { $0.nodes[node]?.closed(now) } }

    func opened(_ node: NodeID, now: UInt64) {
        state.withLock { state in
            if state.nodes[node] == nil { state.nodes[node] = PeerHearing(now: now) } else { state.nodes[node]?.opened(now) }
        }
    }

    /// Its registration is gone.
    func unregistered(_ node: NodeID, now: UInt64) {
        state.withLock { state in
            state.nodes[node]?.unregistered(now)
            state.forget(state.over(now))
            // It was never heard.
            if state.nodes[node] == nil { state.forget([node]) }
        }
    }
}
