import CReactor

extension EventLoop {
    /// Takes over a connected stream socket; it is closed by the loop from now on, also when this returns nil.
    ///
    /// - Returns: nil when the kernel refuses the descriptor or the loop stops.
    @discardableResult
    public func adopt(_ descriptor: Int32, filter: FilterSource? = nil, delegate: any ConnectionDelegate) -> Connection? {
        adoptNow(descriptor, filter) { _ in delegate }
    }

    /// Like `adopt(_:delegate:)`, from any thread. `make` is called on the loop and gives the delegate, or nil to refuse.
    public func adopt(
        _ descriptor: Int32, filter: FilterSource? = nil, make: @escaping @Sendable (Connection) -> (any ConnectionDelegate)?
    ) {
        if inLoop {
            adoptNow(descriptor, filter, make)
        } else if !execute({ [unowned self] in _ = adoptNow(descriptor, filter, make) }) {
            _ = creactor_close(descriptor)
        }
    }

    @discardableResult
    func adoptNow(_ descriptor: Int32, _ filter: FilterSource?, _ make: (Connection) -> (any ConnectionDelegate)?) -> Connection? {
        assertInLoop()
        let connection: Connection =
            if let filter { FilteredConnection(self, descriptor: descriptor, filter()) } else { Connection(self, descriptor: descriptor) }
        guard stopDeadline == 0, creactor_prepare(descriptor) == 0, let delegate = make(connection) else {
            connection.flags.insert(.closed)
            _ = creactor_close(descriptor)
            return nil
        }
        connection.delegate = delegate
        connection.position = UInt32(truncatingIfNeeded: connections.count)
        connections.append(connection)
        counter.pointee.connections += 1
        counter.pointee.adopted += 1
        peakConnections = max(peakConnections, connections.count)
        // Edge-triggered, once and for all: the kernel looks at a socket only when something comes, and pausing costs no call.
        let events = CREACTOR_READABLE | CREACTOR_WRITABLE | CREACTOR_ENDED | CREACTOR_EDGE
        if creactor_epoll_add(epoll, descriptor, events, connection.cookie) < 0 { connection.fail(.refused) }
        if filter != nil { connection.beginFilter() }
        return connection
    }

    @inline(__always)
    func addDirty(_ connection: Connection) {
        connection.nextDirty = dirty
        dirty = Unmanaged.passUnretained(connection)
    }

    func addResumed(_ connection: Connection) { resumed.append(connection) }

    func addClosed(_ connection: Connection) { closed.append(connection) }

    func addLingering(_ connection: Connection) {
        housekeeping.linger(connection, until: milliseconds &+ UInt32(clamping: limits.closeLinger), self)
    }

    /// Memory for bytes that go nowhere.
    func scratch(_ count: Int) -> UnsafeMutableRawPointer {
        if let scratchRoom, scratchSize >= count { return scratchRoom }
        scratchRoom?.deallocate()
        let room = UnsafeMutableRawPointer.allocate(byteCount: max(count, 4096), alignment: 16)
        scratchRoom = room
        scratchSize = max(count, 4096)
        return room
    }

    func freeClosed() {
        if closed.isEmpty { return }
        var batch = ContiguousArray<Connection>()
        swap(&batch, &closed)
        for connection in batch {
            // Touched again after this tick's flush: the dirty list of the next tick still points to it.
            if connection.flags.contains(.dirty) {
                closed.append(connection)
                continue
            }
            forget(connection)
            connection.finish()
        }
        if peakConnections - connections.count >= 1000, connections.count <= peakConnections / 2 {
            housekeeping.scheduleTrim(self)
        }
    }

    private func forget(_ connection: Connection) {
        let position = Int(connection.position)
        guard position < connections.count, connections[position] === connection else { return }
        let last = connections.removeLast()
        if last !== connection {
            connections[position] = last
            last.position = UInt32(truncatingIfNeeded: position)
        }
        counter.pointee.connections -= 1
    }

    /// After a mass departure: lets go of pools and gives free heap pages back.
    func trim() {
        peakConnections = connections.count
        pool._withUnsafeGuaranteedRef { $0.releaseAll() }
        wheel.releaseUnused()
        if connections.capacity > 2 * connections.count + 64 {
            var smaller = ContiguousArray<Connection>()
            smaller.append(contentsOf: connections)
            connections = smaller
        }
        creactor_release_memory()
    }
}
