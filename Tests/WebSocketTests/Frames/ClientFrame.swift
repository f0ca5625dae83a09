import WebSocket

/// Frames as clients send them, made by hand.
func clientFrame(
    _ kind: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true, reserved: UInt8 = 0, mask: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]
) -> [UInt8] {
    var frame: [UInt8] = [(isFinal ? 0x80 : 0) | reserved << 4 | kind]
    let bit: UInt8 = mask == nil ? 0 : 0x80
    switch payload.count {
    case ..<126: frame.append(bit | UInt8(payload.count))
    case ...0xFFFF: frame += [bit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
    default: frame += [bit | 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
    }
    guard let mask else { return frame + payload }
    return frame + mask + payload.enumerated().map { $0.element ^ mask[$0.offset & 3] }
}

/// What a client's bytes came to.
enum Seen: Equatable {
    case message([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close([UInt8])
    case fault(UInt16)
}

/// Reads as an owner does: what was not consumed is presented again with what follows, never before a frame's announced end.
struct Reading {
    var reader: WebSocketReader
    var waiting: [UInt8] = []
    var message: [UInt8] = []
    var expected = 0
    var seen: [Seen] = []

    init(most: Int = 1 << 20) { reader = WebSocketReader(most: most) }

    mutating func receive(_ bytes: some Collection<UInt8>) {
        waiting += bytes
        while waiting.count >= max(expected, 1) {
            if case .fault = seen.last { return }
            let step = waiting.withUnsafeBytes { reader.next($0) }
            switch step {
            case .incomplete(let total):
                expected = total
                return
            case .fault(let code):
                seen.append(.fault(code.rawValue))
                return
            case .data(let payload, let isFirst, let isFinal):
                if isFirst { message = [] }
                message += take(payload)
                if isFinal { seen.append(.message(message)) }
            case .ping(let payload): seen.append(.ping(take(payload)))
            case .pong(let payload): seen.append(.pong(take(payload)))
            case .close(let payload): seen.append(.close(take(payload)))
            }
            expected = 0
        }
    }

    private mutating func take(_ payload: WebSocketReader.Payload) -> [UInt8] {
        let bytes = waiting.withUnsafeBytes { all in
            let source = UnsafeRawBufferPointer(rebasing: all[payload.bytes])
            return [UInt8](unsafeUninitializedCapacity: source.count) { room, used in
                if let base = room.baseAddress { payload.mask.copy(source, to: base) }
                used = source.count
            }
        }
        waiting.removeFirst(payload.frameSize)
        return bytes
    }

    static func of(_ bytes: [UInt8], most: Int = 1 << 20) -> [Seen] {
        var reading = Reading(most: most)
        reading.receive(bytes)
        return reading.seen
    }
}

func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }
