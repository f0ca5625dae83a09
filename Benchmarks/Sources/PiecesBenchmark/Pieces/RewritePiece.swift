import CWire

/// Building a frame anew with another `from`, as the node does where a client claims to be somebody else.
enum RewritePiece {
    static func run() throws -> [Row] {
        let frames = SampleFrames.shared.frames
        let out = UnsafeMutablePointer<UInt8>.allocate(capacity: 4096)
        defer { out.deallocate() }
        let name = Array("somebody".utf8)
        let row = try name.withUnsafeBufferPointer { name in
            var change = hp_change(
                field: SampleFrames.field("from"), value: hp_field_value(number: 0, bytes: name.baseAddress, length: name.count))
            return try Rounds.measure("rewrite from (with a scan)", operations: 250_000) { operations in
                var envelope = hp_envelope()
                var written = 0
                for index in 0..<operations {
                    let frame = frames[index % 1000]
                    let size = frame.count - Int(HP_FRAME_HEAD)
                    guard hp_scan(SampleFrames.body(frame), size, &envelope) == HP_SCAN_OK else { break }
                    let rewritten = hp_rewrite(SampleFrames.body(frame), size, &envelope, &change, 1, true, out, 4096)
                    written += rewritten > frame.count ? 1 : 0
                }
                try MeasuringFailure.check(written == operations, "rewrite: a frame did not come out")
            }
        }
        return [row]
    }
}
