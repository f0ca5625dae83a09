// A message's trace on its way to another node: in front of the client's frame, so that nothing can come between them.
//
//     flags with `traced` · payload: length u8 · W3C traceparent · the client's frame
extension PeerRecord {
    /// Of `deliver`: the payload begins with the trace that the message belongs to.
    public static let traced: UInt8 = 16

    /// A payload with a trace before this one's; nil for a text that is too long.
    public func traced(_ text: String) -> [UInt8]? {
        let text = Array(text.utf8)
        guard let length = UInt8(exactly: text.count) else { return nil }
        return [length] + text + Array(payload)
    }

    /// The record without its trace, and that; nil where it has none. A length that leads nowhere gives a record without a payload.
    public var untraced: (record: PeerRecord, trace: String)? {
        guard kind == .deliver, flags & Self.traced != 0 else { return nil }
        var record = self
        record.flags &= ~Self.traced
        let length = payload.first.map(Int.init) ?? 0
        guard payload.count > 1 + length else {
            record.payload = UnsafeRawBufferPointer(start: nil, count: 0)
            return (record, "")
        }
        record.payload = UnsafeRawBufferPointer(rebasing: payload[(1 + length)...])
        return (record, String(decoding: payload[1..<1 + length], as: UTF8.self))
    }
}
