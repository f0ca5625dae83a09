import CReactor
import Glibc

extension Connection {
    /// Kept input up to this many bytes is copied in front of what follows, in the loop's read buffer; more is a large
    /// frame, which is read straight behind what is kept.
    static let smallKept = 32 << 10

    /// Says from inside `received` that the next frame is complete only with `total` bytes, counted from the first byte
    /// not consumed; it is not presented before. A hint for large frames; it reserves no memory.
    public func expect(_ total: Int) { expected = UInt32(clamping: total) }

    /// Stops reading for `reason`; reasons add up. The kernel's buffer then holds the sender back.
    public func pauseReading(_ reason: PauseReasons) {
        loop.assertInLoop()
        storedPauses.formUnion(reason)
    }

    /// Takes `reason` back. With the last one reading goes on; input kept meanwhile is presented later in this tick or
    /// in the next one, never from inside this call.
    public func resumeReading(_ reason: PauseReasons) {
        loop.assertInLoop()
        if pauses.isEmpty { return }
        storedPauses.subtract(reason)
        guard canRead else { return }
        if keptCount > 0 || flags.contains(.unread) { goOnReading() }
    }

    /// Has what is kept presented, and what the kernel may still have read, in this tick or the next one.
    func goOnReading() {
        if flags.contains(.resumed) { return }
        flags.insert(.resumed)
        loop.addResumed(self)
    }

    /// What `goOnReading` promised.
    func resume() {
        flags.remove(.resumed)
        if canRead { presentKept() }
        if canRead, flags.contains(.unread) {
            flags.remove(.unread)
            readOnce(ended: false)
            loop.presentReads()
        }
    }

    /// The kernel has more than one read takes, or an end of stream behind it.
    func noteUnread() {
        flags.insert(.unread)
        goOnReading()
    }

    /// One read; less than there was room for means that the kernel has no more.
    ///
    /// - Parameter ended: the stream's end stands behind the bytes, which only one more read tells.
    func readOnce(ended: Bool) {
        if flags.contains(.filtered) { return readFiltered(ended) }
        if keptCount > Self.smallKept { return readBehindKept(ended) }
        let before = Int(keptCount)
        let offset = loop.reads._withUnsafeGuaranteedRef { $0.used }
        let place = loop.readBuffer + offset
        if before > 0, let kept { memcpy(place, kept, before) }
        let got = creactor_receive(descriptor, place + before, loop.readSize)
        if got <= 0 { return readEnded(got) }
        lastRead = loop.milliseconds
        loop.counter.pointee.bytesIn &+= got
        if got == loop.readSize || ended { noteUnread() }
        let total = before + got
        if total < expected { return keep(place, total) }
        let isFull = loop.reads._withUnsafeGuaranteedRef { $0.add(self, offset: offset, count: total) }
        if isFull { loop.presentReads() }
    }

    /// What `readOnce` left in the loop's buffer.
    @inline(__always)
    func presentRead(_ bytes: UnsafeMutableRawPointer, _ total: Int, to delegate: any ConnectionDelegate) {
        // Since it was read, others may have paused this one, or ended it.
        let consumed = canRead ? present(bytes, total, to: delegate) : 0
        if consumed < total {
            keep(bytes + consumed, total - consumed)
        } else if keptCount > 0 {
            dropKept()
        }
    }

    private func readBehindKept(_ ended: Bool) {
        let count = Int(keptCount)
        var available = keptCapacity
        if available - count < 4096, count >= expected || available < expected {
            // Doubling keeps the copying linear; the hint only saves room at the end, so that announcing a large
            // frame costs memory only as its bytes come.
            var capacity = max(count * 2, 64 << 10)
            if expected > keptCount { capacity = min(capacity, Int(expected)) }
            guard resizeKept(capacity) else { return fail(.overflow) }
            available = capacity
        }
        guard let kept else { return }
        let got = creactor_receive(descriptor, kept + count, available - count)
        if got <= 0 { return readEnded(got) }
        lastRead = loop.milliseconds
        loop.counter.pointee.bytesIn &+= got
        if got == available - count || ended { noteUnread() }
        keptCount += UInt32(got)
        if keptCount >= expected { presentKept() } else { checkInputCap() }
    }

    /// Presents what is kept, in place.
    func presentKept() {
        guard let kept, keptCount > 0, keptCount >= expected else { return }
        let total = Int(keptCount)
        let consumed = delegate.map { present(kept, total, to: $0) } ?? total
        if flags.contains(.closed) || consumed == 0 { return checkInputCap() }
        let rest = total - consumed
        if rest == 0 { return dropKept() }
        memmove(kept, kept + consumed, rest)
        keptCount = UInt32(rest)
        if rest <= Self.smallKept { _ = resizeKept(Self.rounded(rest)) }
    }

    @inline(__always)
    private func present(_ bytes: UnsafeMutableRawPointer, _ count: Int, to delegate: any ConnectionDelegate) -> Int {
        expected = 0
        let consumed = delegate.received(UnsafeRawBufferPointer(start: bytes, count: count), self)
        return min(max(consumed, 0), count)
    }

    /// Keeps `count` bytes of the loop's read buffer.
    func keep(_ bytes: UnsafeMutableRawPointer, _ count: Int) {
        // Both a closed and a closing connection are never presented anything again.
        if !isOpen { return dropKept() }
        let capacity = keptCapacity
        if count > capacity || count * 4 + 64 < capacity {
            keptCount = 0
            guard resizeKept(Self.rounded(count)) else { return fail(.overflow) }
        }
        if let kept { memcpy(kept, bytes, count) }
        keptCount = UInt32(count)
        checkInputCap()
    }

    func checkInputCap() {
        if Int(keptCount) > loop.limits.inputCap { fail(.overflow) }
    }

    /// Changes the room for kept bytes; what is kept stays. False without memory.
    func resizeKept(_ capacity: Int) -> Bool {
        guard let room = realloc(keptCount == 0 ? takeKept() : kept, capacity) else { return false }
        kept = room
        return true
    }

    /// Lets go of room whose bytes nobody needs, rather than have them copied.
    private func takeKept() -> UnsafeMutableRawPointer? {
        dropKept()
        return nil
    }

    private static func rounded(_ count: Int) -> Int { (count + 63) & ~63 }

    func dropKept() {
        free(kept)
        kept = nil
        keptCount = 0
    }

    func readEnded(_ result: Int) {
        if result == -Int(EAGAIN) { return }
        if result == 0 { peerEnded() } else { fail(.reset) }
    }

    /// The peer may only have ended its own direction: what waits is still sent.
    func peerEnded() {
        if delegate?.ended(self) ?? true { close(afterFlush: true, reason: .peerClosed) }
    }
}
