import CReactor
import Glibc

typealias OutputChunk = UnsafeMutablePointer<creactor_chunk>

/// The output buffers of one loop: pieces of four sizes, of which a few free ones are kept for the next tick.
///
/// A connection has pieces only while bytes wait. Larger pieces than the largest class are made to measure and not kept.
/// Loop-only.
final class OutputPool {
    /// Room of the classes, in bytes. A little header comes on top, so pieces don't all fall into the same cache sets.
    static let classSizes = (4 << 10, 16 << 10, 64 << 10, 256 << 10)
    static let largestClass = 256 << 10
    private static let madeToMeasure: UInt32 = 4

    /// What may lie here unused.
    let retainedLimit: Int
    private(set) var retained = 0
    private let free: UnsafeMutablePointer<OutputChunk?>

    init(retainedLimit: Int = 2 << 20) {
        self.retainedLimit = retainedLimit
        free = .allocate(capacity: 4)
        free.initialize(repeating: nil, count: 4)
    }

    deinit {
        releaseAll()
        free.deallocate()
    }

    /// An empty piece with room for at least `count` bytes, and for more the more there was `before`.
    func take(_ count: Int, before: Int = 0) -> OutputChunk {
        let wanted = max(count, min(before, Self.largestClass))
        let size: Int
        let index: UInt32
        switch wanted {
        case ...Self.classSizes.0: (size, index) = (Self.classSizes.0, 0)
        case ...Self.classSizes.1: (size, index) = (Self.classSizes.1, 1)
        case ...Self.classSizes.2: (size, index) = (Self.classSizes.2, 2)
        case ...Self.classSizes.3: (size, index) = (Self.classSizes.3, 3)
        default: (size, index) = (count, Self.madeToMeasure)
        }
        if index < Self.madeToMeasure, let chunk = free[Int(index)] {
            free[Int(index)] = chunk.pointee.next
            retained -= size
            chunk.pointee.next = nil
            chunk.pointee.start = 0
            chunk.pointee.end = 0
            return chunk
        }
        let raw = UnsafeMutableRawPointer.allocate(byteCount: MemoryLayout<creactor_chunk>.size + size, alignment: 8)
        let chunk = raw.bindMemory(to: creactor_chunk.self, capacity: 1)
        chunk.pointee.next = nil
        chunk.pointee.start = 0
        chunk.pointee.end = 0
        chunk.pointee.capacity = UInt32(size)
        chunk.pointee.size_class = index
        return chunk
    }

    func giveBack(_ chunk: OutputChunk) {
        let size = Int(chunk.pointee.capacity)
        guard chunk.pointee.size_class < Self.madeToMeasure, retained + size <= retainedLimit else {
            UnsafeMutableRawPointer(chunk).deallocate()
            return
        }
        let index = Int(chunk.pointee.size_class)
        chunk.pointee.next = free[index]
        free[index] = chunk
        retained += size
    }

    func giveBack(list: OutputChunk?) {
        var rest = list
        while let chunk = rest {
            rest = chunk.pointee.next
            giveBack(chunk)
        }
    }

    func releaseAll() {
        for index in 0..<4 {
            while let chunk = free[index] {
                free[index] = chunk.pointee.next
                UnsafeMutableRawPointer(chunk).deallocate()
            }
        }
        retained = 0
    }
}
