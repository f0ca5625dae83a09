/// A node's number in its cluster: the one behind `seq-` in its ZooKeeper path. New at every registration, so it also names the incarnation:
/// what was said of another number says nothing about this one.
public struct NodeID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt32

    public init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// Before it is registered, and on a standalone node.
    public static let none = NodeID(.max)

    public static func < (a: NodeID, b: NodeID) -> Bool { a.rawValue < b.rawValue }

    public var description: String { self == .none ? "none" : String(rawValue) }
}
