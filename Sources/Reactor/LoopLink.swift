import Synchronization

/// The one-way path for records from one loop to another. A pair of loops that talk has two.
///
/// The sender fills a batch during its tick; at the tick's end, after the tick observers, the batch changes hands under
/// one short lock and the receiver is woken if it sleeps. The receiver takes batches where it takes `execute` tasks.
///
/// Order: records of one link arrive as sent. `LoopLink.execute` keeps its place among them. `EventLoop.execute` on the
/// receiver does not wait for the sender's tick to end, so it may overtake records sent earlier in the same tick; it never
/// overtakes those of earlier ticks. Between links there is no order.
///
/// Records for a loop that has ended are dropped. Nothing bounds a link by itself: ask `outstandingBytes` and refuse.
public final class LoopLink: @unchecked Sendable {
    public let source: EventLoop
    public let target: EventLoop

    /// Receiving loop only, or before it starts. Records that arrive while there is none are dropped.
    public var delegate: (any LoopLinkDelegate)?

    private static let smallest = 4 << 10
    private static let largest = 256 << 10

    private var head: UnsafeMutablePointer<LinkBatch>?
    private var tail: UnsafeMutablePointer<LinkBatch>?
    private var pending = 0
    private var lastTick = 0
    private let underWay = Atomic<Int>(0)
    private let spare = Atomic<UInt>(0)

    public init(from source: EventLoop, to target: EventLoop, delegate: (any LoopLinkDelegate)? = nil) {
        self.source = source
        self.target = target
        self.delegate = delegate
    }

    deinit {
        var rest = head
        while let batch = rest {
            rest = batch.pointee.next
            LinkBatch.destroy(batch)
        }
        if let batch = Self.batch(spare.load(ordering: .acquiring)) { LinkBatch.destroy(batch) }
    }

    /// Bytes of records sent and not yet handled by the receiver. Sending loop only (elsewhere: without the current tick's).
    public var outstandingBytes: Int { pending + underWay.load(ordering: .relaxed) }

    /// Sending loop only. Copies the payload (at most 4 GiB).
    public func send(a: UInt64, b: UInt64, kind: UInt32, payload: UnsafeRawBufferPointer) {
        let place = reserve(a: a, b: b, kind: kind, payload: payload.count)
        if let base = payload.baseAddress { place.copyMemory(from: base, byteCount: payload.count) }
    }

    /// Sending loop only: a record whose payload of `count` bytes the caller writes to the returned place, before the
    /// next call on the link.
    public func reserve(a: UInt64, b: UInt64, kind: UInt32, payload count: Int) -> UnsafeMutableRawPointer {
        source.assertInLoop()
        let size = LinkBatch.size(payload: count)
        let batch: UnsafeMutablePointer<LinkBatch>
        if let tail, tail.pointee.capacity - tail.pointee.used >= size {
            batch = tail
        } else {
            batch = addBatch(size)
        }
        let record = LinkBatch.bytes(batch) + batch.pointee.used
        record.storeBytes(of: a, as: UInt64.self)
        record.storeBytes(of: b, toByteOffset: 8, as: UInt64.self)
        record.storeBytes(of: kind, toByteOffset: 16, as: UInt32.self)
        record.storeBytes(of: UInt32(truncatingIfNeeded: count), toByteOffset: 20, as: UInt32.self)
        batch.pointee.used += size
        pending += size
        return record + LinkBatch.recordHeader
    }

    /// Sending loop only: runs a task on the receiving loop after all records sent so far and before those sent later.
    @discardableResult
    public func execute(_ task: @escaping @Sendable () -> Void) -> Bool {
        source.assertInLoop()
        handOver()
        return target.execute(task)
    }

    // MARK: - Sender

    private func addBatch(_ size: Int) -> UnsafeMutablePointer<LinkBatch> {
        var batch: UnsafeMutablePointer<LinkBatch>
        if let kept = Self.batch(spare.exchange(0, ordering: .acquiringAndReleasing)), kept.pointee.capacity >= size {
            batch = kept
        } else {
            var wanted = max(size, min(max(pending, lastTick), Self.largest))
            wanted = max(wanted, Self.smallest)
            batch = LinkBatch.make(capacity: (wanted + 4095) & ~4095)
        }
        if let tail {
            tail.pointee.next = batch
        } else {
            head = batch
            source.touched(self)
        }
        tail = batch
        return batch
    }

    /// Sending loop, at a tick's end.
    func handOver() {
        guard var batch = head else { return }
        head = nil
        tail = nil
        lastTick = pending
        underWay.add(pending, ordering: .relaxed)
        pending = 0
        while true {
            let next = batch.pointee.next
            batch.pointee.next = nil
            batch.pointee.link = Unmanaged.passRetained(self)
            if !target.enqueue(batch) { Self.finish(batch) }
            guard let next else { return }
            batch = next
        }
    }

    // MARK: - Receiver

    /// Receiving loop: hands out the batch's records. The number of them.
    static func deliver(_ batch: UnsafeMutablePointer<LinkBatch>) -> Int {
        defer { finish(batch) }
        guard let link = batch.pointee.link?.takeUnretainedValue(), let delegate = link.delegate else { return 0 }
        let bytes = LinkBatch.bytes(batch)
        var offset = 0
        var count = 0
        while offset < batch.pointee.used {
            let record = bytes + offset
            let length = Int(record.load(fromByteOffset: 20, as: UInt32.self))
            delegate.received(
                LinkRecord(
                    a: record.load(as: UInt64.self), b: record.load(fromByteOffset: 8, as: UInt64.self),
                    kind: record.load(fromByteOffset: 16, as: UInt32.self),
                    payload: UnsafeRawBufferPointer(start: record + LinkBatch.recordHeader, count: length)),
                from: link)
            offset += LinkBatch.size(payload: length)
            count += 1
        }
        return count
    }

    /// Ends a batch's way: its bytes are no longer outstanding, its memory goes back to the sender if that lacks one.
    static func finish(_ batch: UnsafeMutablePointer<LinkBatch>) {
        guard let reference = batch.pointee.link else { return }
        let link = reference.takeRetainedValue()
        link.underWay.subtract(batch.pointee.used, ordering: .relaxed)
        batch.pointee.link = nil
        batch.pointee.used = 0
        if batch.pointee.capacity <= largest {
            let before = link.spare.exchange(UInt(bitPattern: batch), ordering: .acquiringAndReleasing)
            if let old = Self.batch(before) { LinkBatch.destroy(old) }
        } else {
            LinkBatch.destroy(batch)
        }
    }

    private static func batch(_ address: UInt) -> UnsafeMutablePointer<LinkBatch>? {
        UnsafeMutablePointer(bitPattern: address)
    }
}
