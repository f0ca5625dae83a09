import CReactor
import Glibc

extension FilteredConnection {
    /// Offers the kernel what waits, filtered.
    func flushOutput() {
        guard !flags.contains(.closed), sendUnsent(), filter.isOpen else { return }
        while outputHead != nil, !flags.contains(.blocked), !flags.contains(.closed) {
            guard let plain = filterBatch() else { return fail(.protocolError) }
            sendOutput(plain: plain)
        }
    }

    /// Makes output of the front of what waits, and gives its pieces back.
    /// - Returns: how many of the owner's bytes; nil when the filter cannot.
    private func filterBatch() -> Int? {
        var taken = 0
        while let head = outputHead, taken < Self.batch {
            let start = Int(head.pointee.start)
            let size = min(Int(head.pointee.end) - start, Self.batch - taken)
            if size > 0 {
                guard filter.send(UnsafeRawBufferPointer(start: creactor_chunk_bytes(head) + start, count: size)) else { return nil }
            }
            taken += size
            head.pointee.start += UInt32(size)
            guard head.pointee.start == head.pointee.end else { break }
            outputHead = head.pointee.next
            if outputHead == nil { outputTail = nil }
            loop.pool._withUnsafeGuaranteedRef { $0.giveBack(head) }
        }
        return taken
    }

    /// Sends the filter's output; what the kernel does not take is kept.
    /// - Parameter plain: the owner's bytes in it.
    func sendOutput(plain: Int) {
        let output = filter.output
        guard let base = output.baseAddress, output.count > 0 else { return sent(plain) }
        defer { filter.clearOutput() }
        if unsentEnd > 0 { return keepUnsent(base, output.count, plain) }
        let took = creactor_send_bytes(descriptor, base, output.count)
        if took < 0, took != -Int(EAGAIN) { return fail(.reset) }
        let count = max(took, 0)
        loop.counter.pointee.bytesOut &+= count
        if count == output.count { return sent(plain) }
        if count > 0 { stalled = max(loop.milliseconds, 1) }
        keepUnsent(base + count, output.count - count, plain)
        block()
    }

    /// Offers the kernel what is kept. False when some of it is left.
    private func sendUnsent() -> Bool {
        guard unsentEnd > 0, let unsent else { return true }
        let took = creactor_send_bytes(descriptor, unsent + unsentStart, unsentEnd - unsentStart)
        if took < 0 {
            if took == -Int(EAGAIN) { block() } else { fail(.reset) }
            return false
        }
        loop.counter.pointee.bytesOut &+= took
        unsentStart += took
        if unsentStart < unsentEnd {
            flags.insert(.blocked)
            stalled = max(loop.milliseconds, 1)
            return false
        }
        let plain = unsentPlain
        dropUnsent()
        sent(plain)
        return true
    }

    private func keepUnsent(_ bytes: UnsafeRawPointer, _ count: Int, _ plain: Int) {
        let rest = unsentEnd - unsentStart
        guard rest + count <= Self.mostUnsent else { return fail(.overflow) }
        // Room for what is left only: a peer that does not read is to cost no more than its bytes.
        guard let room = malloc(rest + count) else { return fail(.overflow) }
        if let unsent { memcpy(room, unsent + unsentStart, rest) }
        memcpy(room + rest, bytes, count)
        free(unsent)
        unsent = room
        unsentStart = 0
        unsentEnd = rest + count
        unsentPlain += plain
    }

    func dropUnsent() {
        free(unsent)
        unsent = nil
        unsentStart = 0
        unsentEnd = 0
        unsentPlain = 0
    }

    /// The kernel has all that was made of so many of the owner's bytes.
    private func sent(_ plain: Int) {
        if plain > 0 {
            waiting &-= UInt32(truncatingIfNeeded: plain)
            loop.counter.pointee.waitingBytes &-= plain
            if flags.contains(.tellsFlushes) { loop.noteFlush(self, plain) }
        }
        if unsentEnd == 0 {
            flags.remove(.blocked)
            stalled = 0
        }
    }
}
