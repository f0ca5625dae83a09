import NIOCore
import SwiftProtobuf
import WireProtocol

/// The 8 bytes before each message on TCP.
package enum ChatFrame {
    static let magic: UInt16 = 0x0086
    static let version: UInt16 = 0x0001
    static let headerBytes = 8

    /// Header and body of a message.
    package static func encode(_ message: WireMessage, maximumBodyBytes: Int) throws(ChatClientError) -> ByteBuffer {
        let body: [UInt8]
        do {
            body = try message.serializedBytes()
        } catch {
            throw ChatClientError(.misuse, info: "the message cannot be encoded: \(error)")
        }
        guard body.count <= maximumBodyBytes else {
            throw ChatClientError(
                .messageTooLarge, info: "the message has \(body.count) bytes, at most \(maximumBodyBytes) can be sent")
        }
        var buffer = ByteBufferAllocator().buffer(capacity: headerBytes + body.count)
        buffer.writeMultipleIntegers(magic, version, Int32(body.count), endianness: .big)
        buffer.writeBytes(body)
        return buffer
    }
}
