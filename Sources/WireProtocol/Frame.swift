import CWire
import SwiftProtobuf

/// The 8 bytes before each body on a TCP connection: magic, version and body length, all big-endian (docs/protocol.md).
///
/// The node reads frames in place with `hp_frame_read`; this is for clients, tools and tests. Safe from any thread.
public enum Frame {
    /// The first two bytes, as a big-endian number.
    public static let magic: UInt16 = 0x0086
    /// The third and fourth byte, as a big-endian number.
    public static let version: UInt16 = 0x0001
    /// Bytes of the head.
    public static let headerLength = 8
    /// The largest body in bytes that a node takes unless configured otherwise (`chat.max_frame_bytes`).
    public static let defaultMaximumBodyLength: UInt32 = 1_048_576

    /// The frame of a message: head and body.
    ///
    /// - Throws: what SwiftProtobuf throws for a message of 2 GB or more.
    public static func encode(_ message: WireMessage) throws -> [UInt8] {
        let body: [UInt8] = try message.serializedBytes()
        return encode(body: body)
    }

    /// The frame of a body that is encoded already. `body` must be shorter than 2 GB.
    public static func encode(body: [UInt8]) -> [UInt8] {
        var frame = [UInt8](repeating: 0, count: headerLength)
        frame.reserveCapacity(headerLength + body.count)
        frame.withUnsafeMutableBufferPointer { hp_frame_write_head($0.baseAddress, UInt32(body.count)) }
        frame.append(contentsOf: body)
        return frame
    }
}
