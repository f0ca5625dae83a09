extension LeaderLatch {
    func begin() {
        guard registration == nil, !isStopped else { return }
        stateHandler = client.addStateHandler { [weak self] state in self?.changed(state) }
        let registration = NodeRegistration(
            client: client, parent: path, prefix: "latch-", data: Array(id.utf8)
        ) { [weak self] event in self?.happened(event) }
        self.registration = registration
        registration.start()
    }

    func end() -> NodeRegistration? {
        isStopped = true
        round += 1
        retry.cancel()
        client.removeStateHandler(stateHandler)
        setLeader(false)
        return registration
    }

    private func changed(_ state: SessionState) {
        round += 1
        retry.cancel()
        if state.isConnected { look() } else { setLeader(false) }
    }

    private func happened(_ event: NodeRegistration.Event) {
        round += 1
        switch event {
        case .registered(let registration):
            own = registration
            look()
        case .lost:
            own = nil
            setLeader(false)
        case .failed: break
        }
    }

    private func look() {
        guard let own, !isStopped, client.reported.sessionID == own.sessionID else { return }
        let round = round
        client.getChildren(path) { [self] result in
            guard round == self.round else { return }
            switch result {
            case .success(let children):
                let names = Self.inOrder(children.names)
                guard let place = names.firstIndex(of: own.name) else { return }
                if place == 0 { setLeader(true) } else { watch(names[place - 1]) }
            case .failure: again()
            }
        }
    }

    /// The one before may leave without having led.
    private func watch(_ name: String) {
        let round = round
        let handler: WatchHandler = { [weak self] event in
            guard let self, round == self.round else { return }
            look()
        }
        client.exists(NodePath.child(name, of: path), watch: handler) { [self] result in
            guard round == self.round else { return }
            switch result {
            case .success(nil): look()
            case .success: break
            case .failure: again()
            }
        }
    }

    private func again() {
        guard client.reported.isConnected else { return }
        retry.set(afterMilliseconds: 500) { [weak self] in self?.look() }
    }
}
