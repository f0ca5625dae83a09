import CWire
import SwiftProtobuf

/// Cuts a stream of bytes into bodies, however the network cut it.
///
/// Append what was read, then take bodies until there is none. After an error the stream has lost its frame boundaries:
/// every further call throws the same error. For clients and tests; one value a connection, used by one thread at a time.
public struct FrameDecoder: Sendable {
    /// Longer bodies are refused with `FrameError.badLength`.
    public let maximumBodyLength: UInt32

    private var buffer: [UInt8] = []
    private var start = 0
    private var failure: FrameError?

    /// - Parameter maximumBodyLength: in bytes, without the head.
    public init(maximumBodyLength: UInt32 = Frame.defaultMaximumBodyLength) {
        self.maximumBodyLength = maximumBodyLength
    }

    /// Bytes that wait for the rest of their frame.
    public var pendingBytes: Int { buffer.count - start }

    /// Adds bytes that were read.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        if start > 0 {
            buffer.removeSubrange(..<start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next complete body, nil if more bytes are needed.
    public mutating func nextBody() throws(FrameError) -> [UInt8]? {
        if let failure { throw failure }
        var length: UInt32 = 0
        let status = buffer.withUnsafeBufferPointer { bytes in
            hp_frame_read(bytes.baseAddress.map { $0 + start }, bytes.count - start, maximumBodyLength, &length)
        }
        switch status {
        case HP_FRAME_COMPLETE:
            let bodyStart = start + Frame.headerLength
            let end = bodyStart + Int(length)
            defer { start = end }
            return Array(buffer[bodyStart..<end])
        case HP_FRAME_PARTIAL:
            return nil
        case HP_FRAME_BAD_MAGIC:
            throw failed(.badMagic)
        case HP_FRAME_BAD_VERSION:
            throw failed(.badVersion)
        default:
            throw failed(.badLength)
        }
    }

    /// The next complete message, nil if more bytes are needed.
    public mutating func nextMessage() throws(FrameError) -> WireMessage? {
        guard let body = try nextBody() else { return nil }
        do {
            return try WireMessage(serializedBytes: body)
        } catch {
            throw failed(.undecodable)
        }
    }

    private mutating func failed(_ error: FrameError) -> FrameError {
        failure = error
        return error
    }
}
