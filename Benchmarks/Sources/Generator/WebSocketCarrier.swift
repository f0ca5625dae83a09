import CWire

/// As much of WebSocket as a generator needs: the mask is 0, which costs the server what any mask does.
enum WebSocketCarrier {
    static let request = Array(
        ("GET /ws HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n").utf8)

    /// A frame of the TCP protocol as a binary message.
    static func carry(_ frame: [UInt8]) -> [UInt8] {
        let body = frame.dropFirst(Int(HP_FRAME_HEAD))
        let count = body.count
        let length: [UInt8]
        switch count {
        case ..<126: length = [0x80 | UInt8(count)]
        case ..<65_536: length = [0x80 | 126, UInt8(count >> 8), UInt8(count & 255)]
        default: length = [0x80 | 127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * (7 - $0))) }
        }
        return [0x82] + length + [0, 0, 0, 0] + body
    }

    /// Where the answer to the request ends; nil: not yet.
    static func answerEnd(_ bytes: UnsafeRawBufferPointer) -> Int? {
        let end: [UInt8] = [13, 10, 13, 10]
        guard bytes.count >= 4 else { return nil }
        return (0...bytes.count - 4).first { bytes[$0..<$0 + 4].elementsEqual(end) }.map { $0 + 4 }
    }

    /// The body of the message at `offset`; nil: it has not come whole.
    static func front(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> (start: Int, count: Int)? {
        let left = bytes.count - offset
        guard left >= 2 else { return nil }
        var (count, head) = (Int(bytes[offset + 1] & 0x7F), 2)
        if count >= 126 {
            let more = count == 126 ? 2 : 8
            guard left >= 2 + more else { return nil }
            count = (0..<more).reduce(0) { $0 << 8 | Int(bytes[offset + 2 + $1]) }
            head += more
        }
        return left >= head + count ? (offset + head, count) : nil
    }
}
