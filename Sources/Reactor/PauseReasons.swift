/// Who wants a connection not to be read. Reading goes on when the last reason is taken back.
///
/// The reactor gives the bits no meaning; the two names are for its owners' common cases.
public struct PauseReasons: OptionSet, Sendable {
    public let rawValue: UInt8

    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Something this connection sends to is full.
    @inlinable public static var backpressure: PauseReasons { PauseReasons(rawValue: 1 << 0) }
    /// A request of this connection must be answered first.
    @inlinable public static var suspended: PauseReasons { PauseReasons(rawValue: 1 << 1) }
    /// Bits for the owner to name.
    @inlinable public static var owner1: PauseReasons { PauseReasons(rawValue: 1 << 2) }
    @inlinable public static var owner2: PauseReasons { PauseReasons(rawValue: 1 << 3) }
}
