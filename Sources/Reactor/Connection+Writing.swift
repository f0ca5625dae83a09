import CReactor
import Glibc

extension Connection {
    /// Copies bytes into the output, which is sent at the tick's end (earlier when it gets large). Ignored when not `isOpen`.
    public func write(_ bytes: UnsafeRawBufferPointer) {
        let count = bytes.count
        guard count > 0, let base = bytes.baseAddress, isOpen else { return }
        let chunk = room(count)
        memcpy(creactor_chunk_bytes(chunk) + Int(chunk.pointee.end), base, count)
        added(count, chunk)
    }

    /// A place for `count` bytes of output, for building a frame in it; `commit` says how many were used. No other call
    /// on the connection in between. Bytes for a connection that is not `isOpen` go nowhere.
    public func reserve(_ count: Int) -> UnsafeMutableRawPointer {
        guard isOpen else { return loop.scratch(count) }
        let chunk = room(count)
        return UnsafeMutableRawPointer(creactor_chunk_bytes(chunk) + Int(chunk.pointee.end))
    }

    /// Makes the first `count` bytes of the last `reserve` part of the output.
    public func commit(_ count: Int) {
        guard isOpen, let chunk = outputTail else { return }
        if count == 0 {
            if waiting == 0 { dropOutput() }
            return
        }
        added(count, chunk)
    }

    /// Whether the delegate is told what the kernel takes (`ConnectionDelegate.flushed`). Set it before a write to be told of its bytes.
    public var tellsFlushes: Bool {
        get { flags.contains(.tellsFlushes) }
        set { if newValue { flags.insert(.tellsFlushes) } else { flags.remove(.tellsFlushes) } }
    }

    /// Bytes that `flushed` has yet to tell of before all that was written is with the kernel: those that wait, and those it took in this
    /// tick.
    public var bytesToFlush: Int { flags.contains(.flushNoted) ? waitingBytes + loop.noted(self) : waitingBytes }

    /// The last piece, with room for `count` more bytes.
    @inline(__always)
    private func room(_ count: Int) -> OutputChunk {
        loop.assertInLoop()
        if let tail = outputTail, Int(tail.pointee.capacity &- tail.pointee.end) >= count { return tail }
        return addChunk(count)
    }

    private func addChunk(_ count: Int) -> OutputChunk {
        let chunk = loop.pool._withUnsafeGuaranteedRef { $0.take(count, before: Int(waiting)) }
        if let tail = outputTail {
            tail.pointee.next = chunk
        } else {
            outputHead = chunk
        }
        outputTail = chunk
        return chunk
    }

    @inline(__always)
    private func added(_ count: Int, _ chunk: OutputChunk) {
        chunk.pointee.end &+= UInt32(truncatingIfNeeded: count)
        waiting &+= UInt32(truncatingIfNeeded: count)
        loop.counter.pointee.waitingBytes &+= count
        markDirty()
        if waiting >= loop.attention { grewLarge() }
    }

    private func grewLarge() {
        if !flags.contains(.blocked) { flush() }
        if waiting > loop.limits.writeBufferHigh { flags.insert(.overHigh) }
        if waiting > loop.limits.hardCap { fail(.overflow) }
    }

    /// Offers the kernel what waits.
    func flush() {
        if flags.contains(.filtered) { return flushFiltered() }
        while let head = outputHead, !flags.contains(.closed) {
            let sent = creactor_send(descriptor, head)
            if sent < 0 {
                guard sent == -Int(EAGAIN) else { return fail(.reset) }
                block()
                return
            }
            let offered = drop(sent)
            if offered {
                flags.insert(.blocked)
                stalled = loop.milliseconds
                return
            }
        }
        if waiting == 0 { flags.remove(.blocked) }
    }

    func block() {
        if flags.contains(.blocked) { return }
        // `stalled` is kept over a readiness that brought nothing: it is set anew only by progress.
        flags.insert(.blocked)
        if stalled == 0 { stalled = max(loop.milliseconds, 1) }
    }

    /// Takes `sent` bytes off the front. True when the kernel left part of what one call offered.
    private func drop(_ sent: Int) -> Bool {
        var rest = sent
        var pieces = 0
        waiting &-= UInt32(truncatingIfNeeded: sent)
        if flags.contains(.tellsFlushes) { loop.noteFlush(self, sent) }
        loop.counter.pointee.bytesOut &+= sent
        loop.counter.pointee.waitingBytes &-= sent
        while let head = outputHead {
            let size = Int(head.pointee.end - head.pointee.start)
            if rest < size {
                head.pointee.start += UInt32(rest)
                return pieces < 16
            }
            rest -= size
            pieces += 1
            outputHead = head.pointee.next
            loop.pool._withUnsafeGuaranteedRef { $0.giveBack(head) }
        }
        outputTail = nil
        stalled = 0
        return false
    }

    func dropOutput() {
        loop.counter.pointee.waitingBytes &-= Int(waiting)
        loop.pool._withUnsafeGuaranteedRef { $0.giveBack(list: outputHead) }
        outputHead = nil
        outputTail = nil
        waiting = 0
    }

    /// The tick's end for a connection something happened to: send, tell the delegate.
    func settle() {
        if flags.contains(.closed) { return }
        if waiting > 0 || flags.contains(.filtered), !flags.contains(.blocked) { flush() }
        if flags.contains(.closed) { return }
        if flags.contains(.closing) { settleClosing() }
        if flags.contains(.closed) { return }
        if flags.contains(.blocked) != flags.contains(.stallReported) { reportStall() }
        if flags.contains(.overHigh), waiting <= loop.limits.writeBufferLow {
            flags.remove(.overHigh)
            if !flags.contains(.closing) { delegate?.drained(self) }
        }
    }

    private func reportStall() {
        if flags.contains(.blocked) {
            flags.insert(.stallReported)
            if !flags.contains(.closing) { delegate?.stalled(self) }
        } else if waiting == 0 {
            flags.remove(.stallReported)
        }
    }
}
