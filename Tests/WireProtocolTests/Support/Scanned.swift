import CWire

/// A body with the scanner's verdict, copied into Swift values so that tests can compare them.
struct Scanned {
    let body: [UInt8]
    let status: hp_scan_status
    let envelope: hp_envelope

    init(_ body: [UInt8]) {
        var envelope = hp_envelope()
        status = body.withUnsafeBufferPointer { hp_scan($0.baseAddress, $0.count, &envelope) }
        self.body = body
        self.envelope = envelope
    }

    var isAccepted: Bool { status == HP_SCAN_OK }
    var isSplit: Bool { envelope.flags & UInt32(HP_INNER_TWICE) != 0 }
    var carriesNodeFields: Bool { envelope.flags & UInt32(HP_HAS_NODE_FIELDS) != 0 }
    var inner: [UInt8] { bytes(envelope.inner) }

    func bytes(_ span: hp_span) -> [UInt8] { Array(body[Int(span.offset)..<Int(span.offset + span.length)]) }
    func text(_ span: hp_span) -> String { String(decoding: bytes(span), as: UTF8.self) }

    /// The frame `hp_rewrite` makes, without its head; nil if measuring and writing disagree.
    func rewritten(_ changes: [FieldValue], strip: Bool) -> [UInt8]? {
        FieldValue.withChanges(changes) { changes in
            body.withUnsafeBufferPointer { body in
                writtenFrame { out, capacity in
                    withUnsafePointer(to: envelope) {
                        hp_rewrite(body.baseAddress, body.count, $0, changes.baseAddress, changes.count, strip, out, capacity)
                    }
                }
            }
        }
    }
}

/// Calls a frame writer of CWire as its users do, to measure and to write; gives the body, nil if something does not fit together.
func writtenFrame(_ write: (UnsafeMutablePointer<UInt8>?, Int) -> Int) -> [UInt8]? {
    let size = write(nil, 0)
    guard size >= 8 else { return nil }
    var frame = [UInt8](repeating: 0xee, count: size + 1)
    let written = frame.withUnsafeMutableBufferPointer { write($0.baseAddress, size) }
    var length: UInt32 = 0
    guard written == size, frame.removeLast() == 0xee,
        hp_frame_read(frame, frame.count, UInt32.max, &length) == HP_FRAME_COMPLETE, Int(length) == size - 8
    else { return nil }
    return Array(frame[8...])
}
