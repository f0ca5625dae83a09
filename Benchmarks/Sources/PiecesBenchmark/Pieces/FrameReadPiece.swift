import CWire

/// Finding the end of each frame in a read buffer full of them.
enum FrameReadPiece {
    static func run() throws -> [Row] {
        let sample = SampleFrames.shared
        let total = sample.frames.reduce(0) { $0 + $1.count }
        let base = sample.memory.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let row = try Rounds.measure("frame read", operations: 4_000_000) { operations in
            guard let base else { return }
            var offset = 0
            var found = 0
            var length: UInt32 = 0
            while found < operations {
                guard hp_frame_read(base + offset, total - offset, 1 << 20, &length) == HP_FRAME_COMPLETE else { break }
                offset += Int(length) + Int(HP_FRAME_HEAD)
                if offset == total { offset = 0 }
                found += 1
            }
            try MeasuringFailure.check(found == operations, "frame read: a frame was refused")
        }
        return [row]
    }
}
