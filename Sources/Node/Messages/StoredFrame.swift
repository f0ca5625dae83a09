import CWire
import Storage
import WireProtocol

/// Stored messages as frames, and what of a frame is stored.
package enum StoredFrame {
    /// The MESSAGE_REQUEST that a device gets.
    package static func frame(_ message: StoredMessage) -> [UInt8] {
        let stored = StoredBody(message.body)
        var numbers: [UInt8] = []
        Varint.append(136, to: &numbers)
        Varint.append(message.serverID, to: &numbers)
        Varint.append(144, to: &numbers)
        Varint.append(message.sequence, to: &numbers)
        // type 5, what came around the message, then the message itself as field 6.
        var body: [UInt8] = [0x08, UInt8(HP_MESSAGE_REQUEST.rawValue)]
        body.reserveCapacity(message.body.count + numbers.count + 16)
        body += stored.rest
        body.append(0x32)
        Varint.append(UInt64(stored.request.count + numbers.count), to: &body)
        body += stored.request
        body += numbers
        return Frame.encode(body: body)
    }

    /// The message for programs that read its fields.
    package static func message(_ message: StoredMessage) -> WireMessageRequest {
        var request = (try? WireMessageRequest(serializedBytes: Array(StoredBody(message.body).request))) ?? WireMessageRequest()
        request.serverID = message.serverID
        request.conversationSeq = message.sequence
        return request
    }

    /// What is stored of a MESSAGE_REQUEST: all of it without what only the node sets; nil where the frame is none.
    package static func body(of frame: UnsafeRawBufferPointer) -> [UInt8]? {
        guard var envelope = NodeLoop.scan(frame), envelope.type == HP_MESSAGE_REQUEST.rawValue else { return nil }
        var room = UnsafeMutableRawBufferPointer.allocate(byteCount: frame.count + 64, alignment: 8)
        defer { room.deallocate() }
        let changed = NodeLoop.change(frame, &envelope, UnsafeBufferPointer(start: nil, count: 0), removesNodeFields: true, into: &room)
        let whole = UnsafeRawBufferPointer(rebasing: changed.dropFirst(Int(HP_FRAME_HEAD)))
        return StoredBody(rest: StoredBody.rest(of: whole)[...], request: Array(NodeLoop.part(envelope.inner, of: changed))[...]).bytes
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
