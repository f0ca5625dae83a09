extension RedisClient {
    func begin() {
        guard life == .new else { return }
        life = .running
        let route: RedisRoute
        switch configuration.deployment {
        case .single(let address): route = MasterRoute(self, address, nil)
        case .sentinel(let sentinels, let master): route = MasterRoute(self, nil, MasterFinder(self, sentinels, master))
        case .cluster(let seeds): route = ClusterRoute(self, seeds)
        }
        self.route = route
        route.start()
    }

    func end(_ done: @escaping () -> Void) {
        guard life == .running else {
            if life == .closing {
                endings.append(done)
            } else {
                life = .closed
                subscriptions.stop()
                done()
            }
            return
        }
        life = .closing
        endings.append(done)
        let deadline = loop.now &+ UInt64(max(configuration.closeTimeout, 0)) &* 1_000_000
        endTimer = DeadlineTimer(loop) { [self] in settle(deadline) }
        settle(deadline)
    }

    /// Waits for the answers under way; no longer than until `deadline`.
    private func settle(_ deadline: UInt64) {
        if life == .closed { return }
        let left = (route?.inFlight ?? 0) + (isConnected ? route?.waiting.count ?? 0 : 0)
        if left == 0 || loop.now >= deadline { return finish() }
        endTimer?.arm(afterMilliseconds: 10)
    }

    /// Everything ends now.
    func finish() {
        if life == .closed { return }
        life = .closed
        endTimer?.disarm()
        endTimer = nil
        subscriptions.stop()
        let route = self.route
        route?.end(RedisError(.closed, "the client was closed"))
        self.route = nil
        let endings = self.endings
        self.endings = []
        for done in endings { done() }
    }

    // MARK: - What connections tell

    func changed(_ state: RedisState) { onState?(state) }

    func connected(_ server: RedisServer, isTracking: Bool) {
        count.connects &+= 1
        lastLogged[server.address] = nil
        logger.info(
            "redis: connected to \(server.address), version \(server.version), RESP\(server.protocolVersion), \(server.change) server")
        if configuration.tracking != nil, server.protocolVersion >= 3, !isTracking {
            logger.warning("redis: \(server.address) does not track what is read: nothing can be cached")
        }
        onState?(.connected(server))
    }

    func disconnected(_ address: RedisAddress, _ reason: RedisError, wasReady: Bool) {
        if wasReady {
            count.disconnects &+= 1
            logger.warning("redis: \(reason.message)")
            invalidated(.everything)
        } else if lastLogged[address] != reason.message {
            // Said once, not with each attempt.
            lastLogged[address] = reason.message
            logger.warning("redis: \(reason.message)")
        }
        onState?(.disconnected(address, reason))
    }

    func pushed(_ elements: [RESPValue]) {
        guard elements.count == 2, elements[0].text == "invalidate" else { return }
        invalidated(RedisInvalidation(elements[1]))
    }

    func invalidated(_ what: RedisInvalidation) {
        guard configuration.tracking != nil else { return }
        count.invalidations &+= 1
        onInvalidation?(what)
    }
}
