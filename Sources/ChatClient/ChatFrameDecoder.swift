import NIOCore
import SwiftProtobuf
import WireProtocol

/// Cuts the stream into frames (int16 BE magic 0x0086, int16 BE version 1, int32 BE body length, body) and decodes each body.
package struct ChatFrameDecoder: NIOSingleStepByteToMessageDecoder {
    package typealias InboundOut = WireMessage

    /// What the peer did that no chat node does.
    package struct Violation: Error, CustomStringConvertible {
        package let description: String
    }

    let maximumBodyBytes: Int

    package init(maximumBodyBytes: Int) {
        self.maximumBodyBytes = maximumBodyBytes
    }

    package mutating func decode(buffer: inout ByteBuffer) throws -> WireMessage? {
        guard
            let (magic, version, length) = buffer.peekMultipleIntegers(
                endianness: .big, as: (UInt16, UInt16, Int32).self)
        else {
            // A peer of another protocol shows in its first bytes; don't wait for eight of them.
            if let magic = buffer.getInteger(at: buffer.readerIndex, as: UInt16.self) { try check(magic: magic) }
            return nil
        }
        try check(magic: magic)
        guard version == ChatFrame.version else { throw Violation(description: "frame version \(version), expected 1") }
        guard length >= 0, Int(length) <= maximumBodyBytes else {
            throw Violation(description: "frame of \(length) bytes, at most \(maximumBodyBytes) are accepted")
        }
        guard buffer.readableBytes >= ChatFrame.headerBytes + Int(length) else { return nil }
        buffer.moveReaderIndex(forwardBy: ChatFrame.headerBytes)
        guard let body = buffer.readBytes(length: Int(length)) else { return nil }
        do {
            return try WireMessage(serializedBytes: body)
        } catch {
            throw Violation(description: "undecodable message of \(length) bytes")
        }
    }

    package mutating func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> WireMessage? {
        try decode(buffer: &buffer)
    }

    private func check(magic: UInt16) throws {
        guard magic == ChatFrame.magic else {
            throw Violation(description: "first bytes 0x\(String(magic, radix: 16)), expected 0x86")
        }
    }
}
