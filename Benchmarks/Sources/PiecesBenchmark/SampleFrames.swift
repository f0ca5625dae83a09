import CWire

/// What a thousand users send: a MESSAGE_REQUEST of 64 bytes of content from each to the other of its pair, one frame after the other as in
/// a read buffer.
final class SampleFrames {
    nonisolated(unsafe) static let shared = SampleFrames()

    let users: [[UInt8]]
    let frames: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>
    let memory: UnsafeMutableRawBufferPointer

    var count: Int { frames.count }

    private init() {
        let room = 512
        users = (0..<1000).map { Array("u\($0)".utf8) }
        memory = .allocate(byteCount: users.count * room, alignment: 16)
        frames = .allocate(capacity: users.count)
        var offset = 0
        for user in users.indices {
            let size = Self.build(from: users[user], to: users[user ^ 1], index: user, memory.baseAddress.map { $0 + offset }, room)
            frames[user] = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[offset..<offset + size])
            offset += size
        }
    }

    private static func build(from: [UInt8], to: [UInt8], index: Int, _ out: UnsafeMutableRawPointer?, _ room: Int) -> Int {
        let content = [UInt8](repeating: UInt8(ascii: "x"), count: 64)
        let session = [UInt8](repeating: UInt8(ascii: "a"), count: 32)
        func text(_ name: String, _ bytes: UnsafeBufferPointer<UInt8>) -> hp_change {
            hp_change(field: field(name), value: hp_field_value(number: 0, bytes: bytes.baseAddress, length: bytes.count))
        }
        func number(_ name: String, _ number: UInt64) -> hp_change {
            hp_change(field: field(name), value: hp_field_value(number: number, bytes: nil, length: 0))
        }
        return from.withUnsafeBufferPointer { from in
            to.withUnsafeBufferPointer { to in
                content.withUnsafeBufferPointer { content in
                    let fields = [
                        number("msg_id", UInt64(user: index)), text("from", from), text("to", to), number("time", 1_800_000_000_000),
                        number("msg_type", 1), text("content", content),
                    ]
                    return hp_build(
                        UInt32(HP_MESSAGE_REQUEST.rawValue), 7, session, session.count, fields, fields.count,
                        out?.assumingMemoryBound(to: UInt8.self), room)
                }
            }
        }
    }

    /// A field of MESSAGE_REQUEST by its proto name.
    static func field(_ name: String) -> UnsafePointer<hp_field>? {
        var count = 0
        guard let fields = hp_fields(UInt32(HP_MESSAGE_REQUEST.rawValue), &count) else { return nil }
        return (0..<count).first { String(cString: fields[$0].name) == name }.map { fields + $0 }
    }

    /// The body of a frame.
    @inline(__always)
    static func body(_ frame: UnsafeRawBufferPointer) -> UnsafePointer<UInt8>? {
        frame.baseAddress.map { ($0 + Int(HP_FRAME_HEAD)).assumingMemoryBound(to: UInt8.self) }
    }
}

extension UInt64 {
    /// As large a number as clients use: the user in the upper half.
    fileprivate init(user: Int) { self = UInt64(user) << 32 | 1 }
}
