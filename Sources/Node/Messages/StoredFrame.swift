import CWire
import Storage
import WireProtocol

/// Stored messages as frames, and what of a frame is stored.
package enum StoredFrame {
    /// The MESSAGE_REQUEST that a device gets.
    package static func frame(_ message: StoredMessage) -> [UInt8] {
        var numbers: [UInt8] = []
        append(136, to: &numbers)
        append(message.serverID, to: &numbers)
        append(144, to: &numbers)
        append(message.sequence, to: &numbers)
        // type 5, then the inner message as field 6.
        var body: [UInt8] = [0x08, UInt8(HP_MESSAGE_REQUEST.rawValue), 0x32]
        body.reserveCapacity(message.body.count + numbers.count + 16)
        append(UInt64(message.body.count + numbers.count), to: &body)
        body += message.body
        body += numbers
        return Frame.encode(body: body)
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var value = value
        while value > 0x7f {
            bytes.append(UInt8(truncatingIfNeeded: value & 0x7f) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    /// The message for programs that read its fields.
    package static func message(_ message: StoredMessage) -> WireMessageRequest {
        var request = (try? WireMessageRequest(serializedBytes: message.body)) ?? WireMessageRequest()
        request.serverID = message.serverID
        request.conversationSeq = message.sequence
        return request
    }

    /// The inner MESSAGE_REQUEST of a frame without what only the node sets; nil where the frame is none.
    package static func body(of frame: UnsafeRawBufferPointer) -> [UInt8]? {
        guard var envelope = NodeLoop.scan(frame), envelope.type == HP_MESSAGE_REQUEST.rawValue else { return nil }
        var room = UnsafeMutableRawBufferPointer.allocate(byteCount: frame.count + 64, alignment: 8)
        defer { room.deallocate() }
        let changed = NodeLoop.change(frame, &envelope, UnsafeBufferPointer(start: nil, count: 0), removesNodeFields: true, into: &room)
        return Array(NodeLoop.part(envelope.inner, of: changed))
    }

    /// The number of a stored message; 0: the frame is no message, or was not stored.
    package static func storedID(in frame: UnsafeRawBufferPointer) -> UInt64 { NodeLoop.storedID(in: frame) }

    /// A page of a conversation as a SYNC_RESPONSE says it.
    package static func response(_ page: HistoryPage, after sequence: UInt64) -> WireSyncResponse {
        var response = WireSyncResponse()
        response.messages = page.messages.map { message($0) }
        response.more = page.more
        response.nextSeq = page.messages.last?.sequence ?? sequence
        return response
    }
}
