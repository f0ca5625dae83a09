import CReactor
import Measures

extension EventLoop {
    /// Events taken from the kernel at once. Bounds how long a tick lasts and how many output pieces it needs. With 128, what a message
    /// touched was out of the caches by the time it was sent: with a thousand connections that send one message each it cost 3 % more.
    public static let eventRoom = 32
    static let wakeCookie: UInt64 = 0
    /// Marks cookies of event sources; objects are 16-aligned, so a connection's address never has it.
    static let sourceMark: UInt64 = 1

    func run() {
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: Self.eventRoom)
        defer { events.deallocate() }
        items.reserveCapacity(64)
        while true {
            let count = waitForEvents(events)
            takeClock()
            counter.pointee.ticks &+= 1
            dispatch(events, count)
            runInbox()
            runTimers()
            presentResumed()
            if handshakes.isWaiting { handshakes.run(self) }
            endTick()
            if stopDeadline != 0, finishedStopping() { break }
            let spent = Int(truncatingIfNeeded: creactor_now() &- now)
            if spent > counter.pointee.longestTick { counter.pointee.longestTick = spent }
            note(spent)
        }
        lastTasks()
    }

    @inline(__always)
    private func note(_ spent: Int) {
        // Nearly every tick is in the first bucket.
        let spent = UInt64(truncatingIfNeeded: max(spent, 0))
        tickTimes[spent <= 100_000 ? 0 : DurationHistogram.bucket(of: spent)] &+= 1
        tickTimes[DurationHistogram.size] &+= spent
    }

    private func waitForEvents(_ events: UnsafeMutablePointer<epoll_event>) -> Int32 {
        var timeout: Int32 = 0
        let workLeft = dirty != nil || !resumed.isEmpty || !closed.isEmpty || !touchedLinks.isEmpty || handshakes.isWaiting
        if !workLeft, inbox.mayStartSleeping() {
            timeout = timerTimeout()
            if stopDeadline != 0 { timeout = timeout < 0 ? 20 : min(timeout, 20) }
        }
        let count = creactor_epoll_wait(epoll, events, Int32(min(eventLimit, Self.eventRoom)), timeout)
        inbox.stoppedSleeping()
        return count
    }

    private func takeClock() {
        let before = now
        now = creactor_now()
        milliseconds = UInt32(truncatingIfNeeded: now / 1_000_000)
        if stillstand.patience != 0 { stillstand.woke(at: now, after: before) }
    }

    private func dispatch(_ events: UnsafeMutablePointer<epoll_event>, _ count: Int32) {
        var index: Int32 = 0
        while index < count {
            let cookie = creactor_event_cookie(events, index)
            let flags = creactor_event_flags(events, index)
            index += 1
            // The next one comes while the kernel is busy with this one.
            if index < count { creactor_prefetch(creactor_event_cookie(events, index)) }
            if cookie == Self.wakeCookie { continue }
            guard let address = UnsafeRawPointer(bitPattern: UInt(cookie & ~Self.sourceMark)) else { continue }
            if cookie & Self.sourceMark == 0 {
                Unmanaged<Connection>.fromOpaque(address)._withUnsafeGuaranteedRef { $0.ready(flags) }
            } else {
                Unmanaged<EventSource>.fromOpaque(address).takeUnretainedValue().ready(flags)
            }
        }
        presentReads()
    }

    /// Shows what was read to the delegates, in the order in which it came.
    func presentReads() {
        let (entries, count) = reads._withUnsafeGuaranteedRef { ($0.entries, $0.take()) }
        var index = 0
        while index < count {
            guard let delegate = entries[index].connection._withUnsafeGuaranteedRef({ $0.delegate }) else {
                index += 1  // It is over.
                continue
            }
            index = present(entries, from: index, count, to: delegate)
        }
    }

    /// Nearly all connections have one delegate: it is held once for all of them that follow each other. Where another one's begin.
    private func present(
        _ entries: UnsafeMutablePointer<ReadBatch.Entry>, from first: Int, _ count: Int, to delegate: any ConnectionDelegate
    ) -> Int {
        var index = first
        repeat {
            let read = entries[index]
            index += 1
            if index < count { entries[index].connection._withUnsafeGuaranteedRef { $0.prefetchContext() } }
            read.connection._withUnsafeGuaranteedRef { $0.presentRead(readBuffer + Int(read.offset), Int(read.count), to: delegate) }
        } while index < count && entries[index].connection._withUnsafeGuaranteedRef { $0.delegate === delegate }
        return index
    }

    private func runInbox() {
        inbox.take(into: &items)
        if items.isEmpty { return }
        // Taken out of the property while it is read, so that nothing a task does can collide with the reading.
        var batch = ContiguousArray<Inbox.Item>()
        swap(&batch, &items)
        runItems(batch)
        batch.removeAll(keepingCapacity: batch.count <= 4096)
        swap(&batch, &items)
    }

    private func runItems(_ items: ContiguousArray<Inbox.Item>) {
        for item in items {
            switch item {
            case .task(let task): task()
            case .batch(let batch): counter.pointee.records &+= LoopLink.deliver(batch)
            }
        }
    }

    private func presentResumed() {
        if resumed.isEmpty { return }
        var batch = ContiguousArray<Connection>()
        swap(&batch, &resumed)
        for connection in batch {
            connection.resume()
        }
    }

    private func endTick() {
        var index = 0
        while index < observers.count {
            observers[index].tickEnded(self)
            index += 1
        }
        handOverLinks()
        settleDirty()
        // Whoever waits for it learns that the kernel has it, and answers leave in the same tick.
        while tellFlushes() {
            handOverLinks()
            settleDirty()
        }
        freeClosed()
        if !retiredSources.isEmpty { retiredSources.removeAll() }
    }

    private func handOverLinks() {
        if touchedLinks.isEmpty { return }
        var batch = ContiguousArray<LoopLink>()
        swap(&batch, &touchedLinks)
        for link in batch { link.handOver() }
        if touchedLinks.isEmpty {
            batch.removeAll(keepingCapacity: true)
            swap(&batch, &touchedLinks)
        }
    }

    /// Each connection once; what a `drained` writes is for the next tick, so no loop can arise here.
    private func settleDirty() {
        var next = dirty
        dirty = nil
        while let current = next {
            current._withUnsafeGuaranteedRef { connection in
                next = connection.nextDirty
                // It comes while the kernel sends for this one.
                prefetch(next?.toOpaque())
                connection.nextDirty = nil
                connection.flags.remove(.dirty)
                connection.settle()
            }
        }
    }

    // MARK: - End

    func beginStopping() {
        stopDeadline = now &+ UInt64(limits.closeLinger) &* 1_000_000 &+ 1
        for source in Array(sources.values) { source.loopStopping() }
        for connection in connections { connection.close(afterFlush: true, reason: .shutdown) }
    }

    private func finishedStopping() -> Bool {
        if connections.isEmpty { return true }
        if now < stopDeadline { return false }
        for connection in connections { connection.fail(.shutdown) }
        return false
    }

    /// Nothing is accepted any more; what was accepted still runs.
    private func lastTasks() {
        var rest = ContiguousArray<Inbox.Item>()
        inbox.end(into: &rest)
        runItems(rest)
        for connection in connections { connection.fail(.shutdown) }
        endTick()
        // Once more for what `closed` sent to other loops.
        endTick()
        sources.removeAll()
        observers.removeAll()
    }
}
