/// The head of a frame that a client sent (RFC 6455, 5.2).
public struct WebSocketFrameHead: Equatable, Sendable {
    public enum Kind: UInt8, Sendable {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10

        var isControl: Bool { rawValue >= 8 }
    }

    public enum Reading: Equatable, Sendable {
        /// More bytes are needed.
        case partial
        case head(WebSocketFrameHead)
        case fault(WebSocketCloseCode)
    }

    public var kind: Kind
    public var isFinal: Bool
    /// Bytes of the head, the mask with them.
    public var size: Int
    /// Bytes behind it.
    public var length: Int
    public var mask: WebSocketMask

    private static let mostControl = 125

    /// Looks at the front of what came. Faults are told as soon as the bytes show them.
    public static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
        guard bytes.count >= 1 else { return .partial }
        let first = bytes[0]
        // Bits for extensions, of which none is agreed upon; kinds nobody knows.
        guard first & 0x70 == 0, let kind = Kind(rawValue: first & 0x0F) else { return .fault(.protocolError) }
        let isFinal = first & 0x80 != 0
        if kind.isControl, !isFinal { return .fault(.protocolError) }
        guard bytes.count >= 2 else { return .partial }
        let second = bytes[1]
        // Clients mask, always.
        guard second & 0x80 != 0 else { return .fault(.protocolError) }
        let short = Int(second & 0x7F)
        if kind.isControl, short > mostControl { return .fault(.protocolError) }
        let lengthBytes = short == 127 ? 8 : short == 126 ? 2 : 0
        let size = 2 + lengthBytes + WebSocketMask.size
        guard bytes.count >= 2 + lengthBytes else { return .partial }
        var length = UInt64(short)
        if lengthBytes > 0 {
            length = 0
            for index in 2..<2 + lengthBytes { length = length << 8 | UInt64(bytes[index]) }
            // The shortest form is the only one; the highest bit is not for lengths.
            guard length > (lengthBytes == 2 ? 125 : 0xFFFF), length >> 63 == 0 else { return .fault(.protocolError) }
        }
        guard bytes.count >= size else { return .partial }
        let mask = WebSocketMask(bytes: bytes, at: size - WebSocketMask.size)
        return .head(WebSocketFrameHead(kind: kind, isFinal: isFinal, size: size, length: Int(length), mask: mask))
    }

    var isData: Bool { !kind.isControl }
}
