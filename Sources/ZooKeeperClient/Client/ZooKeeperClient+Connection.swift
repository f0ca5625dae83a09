import Reactor

extension ZooKeeperClient: TimerTarget {
    public func timerFired(tag: UInt32, loop: EventLoop) {
        timer = .none
        timerDue = .max
        pump()
    }

    /// Does what is due, and sets the timer for what will be.
    func pump() {
        for pending in machine.timedOut(now: now) { fail(pending, .requestTimeout) }
        while true {
            switch machine.tick(now: now) {
            case .nothing:
                report()
                return arm()
            case .connect(let server, let timeout): connect(to: server, timeout)
            case .ping: sendHeader(ReservedXid.ping, OperationCode.ping)
            case .drop(let reason): drop(reason)
            }
        }
    }

    /// A timer that fires too early looks what is due and is set anew; so it need not be moved with every request.
    func arm() {
        guard let due = machine.nextDeadline, due < timerDue else { return }
        timerDue = due
        let delay = max(due - now, 0)
        if !loop.rescheduleTimer(timer, afterMilliseconds: delay) { timer = loop.scheduleTimer(afterMilliseconds: delay, self) }
    }

    // MARK: - Connecting

    private func connect(to server: ServerAddress, _ timeout: Int) {
        self.server = server
        logger.debug("zookeeper: connecting", metadata: ["server": "\(server)"])
        // The machine's own deadline comes a little earlier; this one is for the case that it does not come.
        connector = loop.connect(
            host: server.host, port: server.port, timeoutMilliseconds: timeout + 1_000,
            make: { [self] connection in opened(connection) },
            failed: { [self] error in
                connector = nil
                drop(.unreachable(error.description))
                pump()
            })
    }

    private func opened(_ connection: Connection) -> ServerLink? {
        connector = nil
        guard case .connecting = machine.phase else { return nil }
        let link = ServerLink(self, connection)
        self.link = link
        let request = machine.opened(now: now)
        send(request.encodedSize, on: link) { request.encode(&$0) }
        arm()
        return link
    }

    /// Ends the connection or the attempt.
    func drop(_ reason: DisconnectReason) {
        connector?.cancel()
        connector = nil
        link?.drop(afterFlush: machine.phase == .closing)
        link = nil
        credentialsLost()
        let wasConnected = machine.phase == .connected
        let loss = machine.lost(reason, now: now)
        if !loss.isClosed {
            logger.log(
                level: wasConnected ? .warning : .debug, "zookeeper: \(wasConnected ? "connection lost" : "no connection")",
                metadata: ["server": "\(server.map(\.description) ?? "")", "reason": "\(reason)"])
        }
        report()
        for pending in loss.unanswered { fail(pending, loss.isClosed ? .closed : .connectionLoss) }
        if loss.isClosed { finish() }
    }

    func linkClosed(_ reason: CloseReason) {
        link = nil
        if reason.kind == .shutdown { return end(.closed, .closed) }
        drop(.closedByServer)
        pump()
    }

    // MARK: - Sending

    /// Writes a frame: its length, then what `encode` writes in exactly `size` bytes.
    @inline(__always)
    @discardableResult
    func send(_ size: Int, on link: ServerLink, _ encode: (inout JuteWriter) -> Void) -> Bool {
        var writer = JuteWriter(link.connection.reserve(size + 4), count: size + 4)
        writer.int(Int32(truncatingIfNeeded: size))
        encode(&writer)
        let isComplete = writer.isComplete
        assert(isComplete, "a size was counted wrong")
        link.connection.commit(isComplete ? size + 4 : 0)
        return isComplete
    }

    func sendHeader(_ xid: Int32, _ operation: Int32) {
        guard let link else { return }
        send(8, on: link) {
            $0.int(xid)
            $0.int(operation)
        }
    }

    @inline(__always)
    func send(_ pending: PendingRequest, xid: Int32) {
        guard let link else { return }
        let root = pending.isAbsolute ? "" : chroot.path
        send(8 + pending.request.encodedSize(chroot: root), on: link) {
            $0.int(xid)
            $0.int(pending.request.operation)
            pending.request.encode(&$0, chroot: root)
        }
    }
}
