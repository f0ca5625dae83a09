import CReactor
import Glibc

extension FilteredConnection {
    /// One read by way of the filter. A handshake has to wait for its turn.
    func readInput(_ ended: Bool) {
        if inputEnded { return peerEnded() }
        guard filter.isOpen else { return loop.handshakes.wait(self) }
        receive(ended)
    }

    /// The handshake's turn.
    func shakeHands() {
        isQueued = false
        guard canRead else {
            flags.insert(.unread)
            return
        }
        if inputEnded { return peerEnded() }
        receive(true)
    }

    private func receive(_ ended: Bool) {
        let loop = self.loop
        if keptCount > Self.smallKept { return receiveBehindKept(ended) }
        let before = Int(keptCount)
        let offset = loop.reads._withUnsafeGuaranteedRef { $0.used }
        let place = loop.readBuffer + offset
        guard let count = filterInput(into: place + before, most: loop.readSize, ended), count > 0 else { return }
        if before > 0, let kept { memcpy(place, kept, before) }
        let total = before + count
        if total < expected { return keep(place, total) }
        let isFull = loop.reads._withUnsafeGuaranteedRef { $0.add(self, offset: offset, count: total) }
        if isFull { loop.presentReads() }
    }

    /// A large frame: straight behind what is kept.
    private func receiveBehindKept(_ ended: Bool) {
        let count = Int(keptCount)
        if keptCapacity - count < Self.slack + 4096 {
            // As in `readBehindKept`, with room for what the filter may have held back.
            var capacity = max(count * 2, 64 << 10)
            if expected > keptCount { capacity = min(capacity, Int(expected)) }
            guard resizeKept(max(capacity, count + 4096) + Self.slack) else { return fail(.overflow) }
        }
        guard let kept else { return }
        let most = min(keptCapacity - count - Self.slack, loop.readSize)
        guard let got = filterInput(into: kept + count, most: most, ended), got > 0 else { return }
        keptCount += UInt32(got)
        if keptCount >= expected { presentKept() } else { checkInputCap() }
    }

    /// - Parameter most: bytes to receive at most; `place` has `slack` more.
    /// - Returns: how many bytes were put at `place`; nil when the connection is over.
    private func filterInput(into place: UnsafeMutableRawPointer, most: Int, _ ended: Bool) -> Int? {
        let loop = self.loop
        let room = loop.roomForFilters()
        let got = creactor_receive(descriptor, room, most)
        if got <= 0 {
            readEnded(got)
            return nil
        }
        lastRead = loop.milliseconds
        loop.counter.pointee.bytesIn &+= got
        let wasOpen = filter.isOpen
        let (count, state) = filter.receive(
            UnsafeRawBufferPointer(start: room, count: got), into: UnsafeMutableRawBufferPointer(start: place, count: most + Self.slack))
        if got == most || ended || !wasOpen { noteUnread() }
        take(state)
        if flags.contains(.closed) { return nil }
        // What was written during the handshake can go now.
        if !wasOpen, filter.isOpen { markDirty() }
        return count
    }

    /// Sends what the filter has to say, and acts on its state.
    func take(_ state: FilterState) {
        sendOutput(plain: 0)
        switch state {
        case .going: break
        case .ended:
            inputEnded = true
            // What came before it is presented first.
            noteUnread()
        case .failed(let reason):
            guard !flags.contains(.closed) else { return }
            // As in `finishClosing`: what says why is not to be overtaken by a reset.
            _ = creactor_shutdown_write(descriptor)
            _ = creactor_receive(descriptor, loop.readBuffer + loop.reads._withUnsafeGuaranteedRef { $0.used }, loop.readSize)
            fail(reason)
        }
    }
}

extension EventLoop {
    /// Memory for one receive of a filtered connection.
    func roomForFilters() -> UnsafeMutableRawPointer {
        if let filterRoom { return filterRoom }
        let room = UnsafeMutableRawPointer.allocate(byteCount: readSize, alignment: 64)
        filterRoom = room
        return room
    }
}
