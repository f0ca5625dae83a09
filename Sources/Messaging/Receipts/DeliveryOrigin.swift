/// Where the `DeliveryTracker` of a message lives, as the loop of a recipient knows it: what became of the message there is told to it.
public struct DeliveryOrigin: Sendable, Hashable {
    /// A loop of this node, by its index; numbers from 256 on are free for other nodes.
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Nobody tracks it: what the device took of the stored messages is told to the store.
    public static let store = DeliveryOrigin(rawValue: .max)

    public init(loop: Int) { rawValue = UInt32(loop) }

    /// Whether it is a loop of this node.
    public var isLoop: Bool { rawValue < 256 }
}
