import CWire

/// Reading the envelope of a MESSAGE_REQUEST in place.
enum ScannerPiece {
    static func run() throws -> [Row] {
        let frames = SampleFrames.shared.frames
        let row = try Rounds.measure("scan", operations: 500_000) { operations in
            var envelope = hp_envelope()
            var length = 0
            for index in 0..<operations {
                let frame = frames[index % 1000]
                guard hp_scan(SampleFrames.body(frame), frame.count - Int(HP_FRAME_HEAD), &envelope) == HP_SCAN_OK else { break }
                length += envelope.to.length > 0 ? 1 : 0
            }
            try MeasuringFailure.check(length == operations, "scan: a frame was refused")
        }
        return [row]
    }
}
