/// Who wants a connection not to be read. Reading goes on when the last reason is taken back.
///
/// The reactor gives the bits no meaning; the two names are for its owners' common cases.
public struct PauseReasons: OptionSet, Sendable {
    public let rawValue: UInt8

    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Something this connection sends to is full.
    public static let backpressure = PauseReasons(rawValue: 1 << 0)
    /// A request of this connection must be answered first.
    public static let suspended = PauseReasons(rawValue: 1 << 1)
    /// Bits for the owner to name.
    public static let owner1 = PauseReasons(rawValue: 1 << 2)
    public static let owner2 = PauseReasons(rawValue: 1 << 3)
}
