import CWire
import Messaging
import WireProtocol

// The node's numbers of messages (`server_id`).
extension NodeLoop {
    /// Most bytes that one number adds to a frame: its tag, itself, and a longer length before it.
    static let numberBytes = 2 + 10 + 1

    /// Whether clients take the frame, or one with so many bytes more: none is longer than what is taken from them.
    func fits(_ frame: UnsafeRawBufferPointer, adding bytes: Int = 0) -> Bool {
        frame.count + bytes <= Int(maximumBody) + Int(HP_FRAME_HEAD)
    }

    /// A message for a client that acknowledges: with a `server_id`, where it has none. In the loop's own memory then, good until the next one is
    /// numbered.
    func numbered(_ frame: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard var envelope = Self.scan(frame), envelope.type == HP_MESSAGE_REQUEST.rawValue, Self.serverID(in: frame, envelope) == 0 else {
            return frame
        }
        var change = hp_change(
            field: MessageFields.serverID, value: hp_field_value(number: shared.newServerID(), bytes: nil, length: 0))
        return withUnsafePointer(to: &change) { change in
            Self.change(
                frame, &envelope, UnsafeBufferPointer(start: change, count: 1), removesNodeFields: false, into: &numberedFrame)
        }
    }

    /// The message whose chain runs, if the frame is that message and goes to those it is for: what a rule makes up, and copies for the sender's
    /// own devices, say nothing about it.
    func trackedMessage(in frame: UnsafeRawBufferPointer, to uid: UnsafeRawBufferPointer) -> TrackedMessage? {
        guard let tracking, let envelope = Self.scan(frame), Self.serverID(in: frame, envelope) == tracking.serverID else { return nil }
        if !tracking.isToSelf, let sender = slots.session(tracking.sender), Self.isSame(sender.uidBytes, uid) { return nil }
        return tracking
    }

    func trackedMessage(in frame: UnsafeRawBufferPointer, toSession handle: SessionHandle) -> TrackedMessage? {
        guard tracking != nil, let session = shared.find(handle) else { return nil }
        return trackedMessage(in: frame, to: session.uidBytes)
    }

    static func scan(_ frame: UnsafeRawBufferPointer) -> hp_envelope? {
        var envelope = hp_envelope()
        let head = Int(HP_FRAME_HEAD)
        guard let base = frame.baseAddress, frame.count >= head,
            hp_scan((base + head).assumingMemoryBound(to: UInt8.self), frame.count - head, &envelope) == HP_SCAN_OK
        else { return nil }
        return envelope
    }

    /// 0 if it has none.
    static func serverID(in frame: UnsafeRawBufferPointer, _ envelope: hp_envelope) -> UInt64 {
        guard envelope.flags & UInt32(HP_HAS_NODE_FIELDS) != 0, envelope.type == HP_MESSAGE_REQUEST.rawValue else { return 0 }
        var value = hp_field_value()
        let inner = part(envelope.inner, of: frame)
        hp_field_read(inner.baseAddress?.assumingMemoryBound(to: UInt8.self), inner.count, MessageFields.serverID, &value)
        return value.number
    }
}
