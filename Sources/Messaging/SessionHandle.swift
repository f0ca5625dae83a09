/// Names a session of this node: 8 bits of loop, 28 of generation, 24 of slot. A handle whose session ended names nothing, since the slot's
/// next session has another generation. Never 0.
public struct SessionHandle: Hashable, Sendable {
    public let rawValue: UInt64

    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    @inlinable
    public init(loop: Int, generation: UInt32, slot: Int) {
        rawValue = UInt64(loop & 0xff) << 52 | UInt64(generation & 0xfff_ffff) << 24 | UInt64(slot & 0xff_ffff)
    }

    @inlinable public var loop: Int { Int(rawValue >> 52) & 0xff }
    @inlinable public var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 24) & 0xfff_ffff }
    @inlinable public var slot: Int { Int(rawValue & 0xff_ffff) }
}
