/// The few nodes on which a user has sessions. Kept and filled again, so that a look-up allocates nothing.
public struct RemoteNodes {
    public struct Place: Equatable {
        public var node: NodeID
        public var sessions: UInt32
    }

    public private(set) var places: [Place] = []

    public init() { places.reserveCapacity(8) }

    @inlinable public var isEmpty: Bool { places.isEmpty }

    mutating func set(_ places: [Place]) {
        self.places.removeAll(keepingCapacity: true)
        self.places.append(contentsOf: places)
    }

    /// The first `count` of two.
    @inline(__always)
    mutating func set(_ first: Place, _ second: Place, count: Int) {
        places.removeAll(keepingCapacity: true)
        if count > 0 { places.append(first) }
        if count > 1 { places.append(second) }
    }

    public mutating func fill(with sessions: [RemoteSession]) {
        places.removeAll(keepingCapacity: true)
        for session in sessions {
            if let index = places.firstIndex(where: { $0.node == session.node }) {
                places[index].sessions += 1
            } else {
                places.append(Place(node: session.node, sessions: 1))
            }
        }
    }

    public mutating func removeAll() { places.removeAll(keepingCapacity: true) }
}
