import Reactor

extension ZooKeeperClient {
    func handshake(_ response: ConnectResponse) {
        switch machine.answered(response, now: now) {
        case .established(let isNew): established(isNew)
        case .expired(let failed): expired(failed)
        case .unusable(let reason):
            drop(reason)
            pump()
        }
    }

    /// In this order: the server checks watches by the credentials, and what follows may count on both.
    private func established(_ isNew: Bool) {
        logger.info(
            "zookeeper: connected",
            metadata: [
                "server": "\(server.map(\.description) ?? "")", "session": "0x\(String(UInt64(bitPattern: machine.sessionID), radix: 16))",
                "timeout_ms": "\(machine.timeout)", "new": "\(isNew)",
            ])
        if machine.closeBy != nil { return beginClosing() }
        for credential in credentials { send(credential, nil) }
        let staying = isNew ? [] : watches.staying
        sendWatches()
        while let (xid, pending) = machine.nextWaiting(now: now) { send(pending, xid: xid) }
        report()
        for (path, handlers) in staying { tell(handlers, .reconnected, path) }
        pump()
    }

    private func sendWatches() {
        if watches.isEmpty { return }
        guard let link else { return }
        for list in watches.lists(lastZxid: machine.lastZxid) {
            send(8 + list.encodedSize, on: link) {
                $0.int(ReservedXid.setWatches)
                $0.int(list.operation)
                list.encode(&$0)
            }
        }
    }

    private func expired(_ failed: [PendingRequest]) {
        logger.warning("zookeeper: session expired", metadata: ["server": "\(server.map(\.description) ?? "")"])
        link?.drop(afterFlush: false)
        link = nil
        credentialsLost()
        report()
        for pending in failed { fail(pending, .sessionExpired) }
        loseWatches()
        if machine.closeBy != nil { return beginClosing() }
        pump()
    }

    private func loseWatches() {
        for (path, handlers) in watches.removeAll() { tell(handlers, .lost, path) }
    }

    func tell(_ handlers: [WatchHandler], _ kind: WatchEvent.Kind, _ path: String) {
        let event = WatchEvent(kind, path: chroot.strip(path))
        for handler in handlers { handler(event) }
    }

    // MARK: - Credentials

    func send(_ credential: Credential, _ completion: Completion.Of<Void>?) {
        guard let link else { return }
        credentialCompletions.append(completion)
        let size = 8 + 4 + JuteSize.string(credential.scheme) + 4 + credential.secret.count
        send(size, on: link) {
            $0.int(ReservedXid.auth)
            $0.int(OperationCode.auth)
            $0.int(0)
            $0.string(credential.scheme)
            $0.buffer(credential.secret)
        }
    }

    func credentialAnswered(_ error: Int32) {
        let completion = credentialCompletions.popFirst().flatMap { $0 }
        if error == 0 {
            completion?(.success(()))
            return
        }
        completion?(.failure(ZooKeeperError(.authenticationFailed)))
        logger.error("zookeeper: the server refused a credential")
        end(.authenticationFailed, .authenticationFailed)
    }

    /// They are sent again with the next connection, so whoever asked has nothing to do; but nobody knows yet.
    func credentialsLost() {
        for completion in credentialCompletions.removeAll() { completion?(.failure(ZooKeeperError(.connectionLoss))) }
    }

    // MARK: - End

    func beginClosing() {
        switch machine.close(now: now) {
        case .send(let xid, let dropped):
            sendHeader(xid, OperationCode.closeSession)
            for pending in dropped { fail(pending, .closed) }
            pump()
        case .reconnect(let dropped):
            for pending in dropped { fail(pending, .closed) }
            pump()
        case .closed(let dropped):
            connector?.cancel()
            connector = nil
            link?.drop(afterFlush: false)
            link = nil
            credentialsLost()
            report()
            for pending in dropped { fail(pending, .closed) }
            finish()
        case .underWay:
            if machine.phase == .closed { finish() }
        }
    }

    /// The end without good-bye.
    func end(_ state: SessionState, _ code: ZooKeeperError.Code) {
        connector?.cancel()
        connector = nil
        link?.drop(afterFlush: false)
        link = nil
        let dropped = machine.end(state)
        credentialsLost()
        report()
        for pending in dropped { fail(pending, code) }
        finish()
    }

    /// Closed: nothing holds the client any more.
    func finish() {
        loop.cancelTimer(timer)
        timer = .none
        timerDue = .max
        loseWatches()
        let waiting = closers
        closers = []
        for closer in waiting { closer() }
    }

    // MARK: - Telling

    /// Tells changes of the state; one that a handler causes after all handlers know the one before.
    func report() {
        if isReporting { return }
        isReporting = true
        while machine.state != reported { tell(machine.state) }
        isReporting = false
    }

    private func tell(_ state: SessionState) {
        reported = state
        let streams = shared.withLock { shared in
            shared.state = state
            return Array(shared.streams.values)
        }
        for stream in streams {
            stream.yield(state)
            if state == .closed || state == .authenticationFailed { stream.finish() }
        }
        onState?(state)
        for (_, handler) in stateHandlers { handler(state) }
    }

    func makeStateStream() -> AsyncStream<SessionState> {
        let (stream, continuation) = AsyncStream.makeStream(of: SessionState.self, bufferingPolicy: .bufferingNewest(1_000))
        let (id, state) = shared.withLock { shared in
            shared.lastStream += 1
            // Under the lock: what comes next is then yielded behind it.
            continuation.yield(shared.state)
            if shared.state != .closed, shared.state != .authenticationFailed { shared.streams[shared.lastStream] = continuation }
            return (shared.lastStream, shared.state)
        }
        if state == .closed || state == .authenticationFailed { continuation.finish() }
        continuation.onTermination = { [weak self] _ in
            self?.shared.withLock { shared in shared.streams[id] = nil }
        }
        return stream
    }
}
