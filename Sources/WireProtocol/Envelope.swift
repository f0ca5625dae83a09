import CWire

/// What routing needs of a message, read in place: nothing is copied, nothing allocated.
///
/// Valid only as long as the memory of `body` is and stays unchanged; so are the spans it hands out. A value may cross threads
/// only together with that memory.
public struct Envelope {
    /// The body that was scanned.
    public let body: UnsafeRawBufferPointer
    /// The scanner's result, for calls into C (`hp_rewrite`).
    public let raw: hp_envelope

    /// Scans a body once (`hp_scan`).
    ///
    /// - Throws: `ScanFailure` if a protobuf parser would refuse the body.
    @inlinable
    public init(scanning body: UnsafeRawBufferPointer) throws(ScanFailure) {
        var envelope = hp_envelope()
        let status = hp_scan(body.baseAddress?.assumingMemoryBound(to: UInt8.self), body.count, &envelope)
        guard status == HP_SCAN_OK else { throw ScanFailure(status: status) }
        self.body = body
        self.raw = envelope
    }

    /// The number of the head type as it came; unknown ones pass.
    @inlinable public var type: UInt32 { raw.type }
    /// The head type, `.UNRECOGNIZED` for unknown ones.
    public var headType: WireHeadType { WireHeadType(rawValue: Int(Int32(bitPattern: raw.type))) ?? .UNRECOGNIZED(Int(raw.type)) }
    @inlinable public var sequence: UInt64 { raw.sequence }
    /// `MessageRequest.msg_id`; 0 if absent or another type.
    @inlinable public var messageID: UInt64 { raw.msg_id }

    @inlinable public var sessionID: UnsafeRawBufferPointer { bytes(raw.session_id) }
    /// The encoded inner message that goes with the type; empty if there is none. Where `isSplit`, only its last part.
    @inlinable public var inner: UnsafeRawBufferPointer { bytes(raw.inner) }
    /// Of a MessageRequest; empty if absent or another type.
    @inlinable public var from: UnsafeRawBufferPointer { bytes(raw.from) }
    /// Of a MessageRequest; empty if absent or another type.
    @inlinable public var to: UnsafeRawBufferPointer { bytes(raw.to) }
    /// Of a MessageRequest; empty if absent or another type. Where it is not empty, `to` is to be ignored.
    @inlinable public var group: UnsafeRawBufferPointer { bytes(raw.group) }

    /// Whether the message carries fields only the node may set (`server_id`, `conversation_seq`): they are to be removed.
    @inlinable public var carriesNodeFields: Bool { raw.flags & UInt32(HP_HAS_NODE_FIELDS) != 0 }
    /// Whether the inner message stands in several parts, which `hp_rewrite` joins.
    @inlinable public var isSplit: Bool { raw.flags & UInt32(HP_INNER_TWICE) != 0 }

    @inlinable
    func bytes(_ span: hp_span) -> UnsafeRawBufferPointer {
        guard let base = body.baseAddress, span.length > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: base + Int(span.offset), count: Int(span.length))
    }
}
