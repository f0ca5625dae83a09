/// A run of records on its way from one loop to another: this header, then the records in one piece of memory.
///
/// A record is `a: UInt64, b: UInt64, kind: UInt32, length: UInt32`, then the payload, padded to 8 bytes.
struct LinkBatch {
    static let recordHeader = 24
    static let headerSize = (MemoryLayout<LinkBatch>.stride + 15) & ~15

    /// Retained while the batch is under way.
    var link: Unmanaged<LoopLink>?
    var used: Int
    var capacity: Int
    /// The next batch of the same tick.
    var next: UnsafeMutablePointer<LinkBatch>?

    static func make(capacity: Int) -> UnsafeMutablePointer<LinkBatch> {
        let raw = UnsafeMutableRawPointer.allocate(byteCount: headerSize + capacity, alignment: 16)
        let batch = raw.bindMemory(to: LinkBatch.self, capacity: 1)
        batch.initialize(to: LinkBatch(link: nil, used: 0, capacity: capacity, next: nil))
        return batch
    }

    static func bytes(_ batch: UnsafeMutablePointer<LinkBatch>) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(batch) + headerSize
    }

    static func destroy(_ batch: UnsafeMutablePointer<LinkBatch>) { UnsafeMutableRawPointer(batch).deallocate() }

    @inline(__always)
    static func size(payload count: Int) -> Int { recordHeader + (count + 7) & ~7 }
}
