/// Why a connection ended: two bytes, so that it fits into every connection.
///
/// The first reason given stays: a connection closed for `.idle` that is reset while its last bytes are sent
/// is still reported as `.idle`.
public struct CloseReason: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// The peer ended its stream.
        case peerClosed
        /// The peer, or the network, broke the connection.
        case reset
        /// This side closed without a more exact reason.
        case local
        /// Nothing was read for too long.
        case idle
        /// No byte could be written for too long.
        case slowConsumer
        /// More waited than `ConnectionLimits.hardCap` (output) or `inputCap` (input) allows.
        case overflow
        /// The bytes were not what the protocol allows.
        case protocolError
        /// The filter's handshake failed or took too long; `code` is the filter's, 0 for too long.
        case handshake
        /// The loop stops.
        case shutdown
        /// The descriptor could not be used, or the factory wanted no connection.
        case refused
        /// The owner's; `code` says which.
        case custom
    }

    public let kind: Kind
    /// The owner's code, or the filter's; 0 for all but `.custom` and `.handshake`.
    public let code: UInt8

    @inlinable
    public init(_ kind: Kind, code: UInt8 = 0) {
        self.kind = kind
        self.code = code
    }

    public static let peerClosed = CloseReason(.peerClosed)
    public static let reset = CloseReason(.reset)
    public static let local = CloseReason(.local)
    public static let idle = CloseReason(.idle)
    public static let slowConsumer = CloseReason(.slowConsumer)
    public static let overflow = CloseReason(.overflow)
    public static let protocolError = CloseReason(.protocolError)
    public static let shutdown = CloseReason(.shutdown)
    public static let refused = CloseReason(.refused)

    /// The filter's handshake; see `Kind.handshake`.
    public static func handshake(_ code: UInt8) -> CloseReason { CloseReason(.handshake, code: code) }

    /// A reason that only the owner knows.
    public static func custom(_ code: UInt8) -> CloseReason { CloseReason(.custom, code: code) }

    public var description: String { kind == .custom ? "custom(\(code))" : "\(kind)" }
}
