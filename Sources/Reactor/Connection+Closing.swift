import CReactor

extension Connection {
    /// Ends the connection. Nothing is read or taken for writing any more; `closed` is called at a tick's end.
    ///
    /// - Parameter afterFlush: whether what waits is sent first, for at most `ConnectionLimits.closeLinger`. Otherwise
    ///   it is dropped.
    public func close(afterFlush: Bool, reason: CloseReason = .local) {
        loop.assertInLoop()
        guard isOpen else {
            // A close that waits can be made a close that does not.
            if !afterFlush { fail(reason) }
            return
        }
        guard afterFlush else { return fail(reason) }
        self.reason = reason
        flags.insert(.closing)
        // Not now, even with nothing waiting: the delegate may be looking at the read buffer.
        markDirty()
    }

    /// Over at once; the first reason stays.
    func fail(_ reason: CloseReason) {
        if flags.contains(.closed) { return }
        if !flags.contains(.closing) { self.reason = reason }
        flags.insert(.closed)
        loop.addClosed(self)
    }

    /// The tick's end for one that closes: over when everything is sent, else bounded by time.
    func settleClosing() {
        if waiting == 0, !hasFilteredOutput { return finishClosing() }
        if flags.contains(.lingering) { return }
        flags.insert(.lingering)
        loop.addLingering(self)
    }

    /// Everything is sent. Input that nobody will read would make the kernel answer with a reset, which may overtake
    /// our last bytes at the peer, so what has come so far is taken first.
    private func finishClosing() {
        sayGoodbye()
        if reason != .peerClosed {
            _ = creactor_shutdown_write(descriptor)
            _ = creactor_receive(descriptor, loop.readBuffer, loop.readSize)
        }
        fail(reason)
    }

    /// The tick's end for a closed connection; the loop has forgotten it already.
    func finish() {
        let delegate = self.delegate
        self.delegate = nil
        delegate?.closed(self, reason: reason)
        context = nil
        if flags.contains(.filtered) { filterFinished() }
        _ = creactor_close(descriptor)
        descriptor = -1
        dropOutput()
        dropKept()
    }
}
