extension NodeRegistration {
    func changed(_ state: SessionState) {
        switch state {
        case .connected:
            if case .registered(let registration) = phase {
                if !isWatched { watch(registration, round) }
                return write()
            }
            if phase == .waiting { begin() }
        case .expired:
            isUncertain = false
            lose()
        case .closed, .authenticationFailed:
            lose()
            finish()
        case .connecting, .disconnected: break
        }
    }

    /// The node is gone, and a new one is needed.
    func lose() {
        round += 1
        retry.cancel()
        isWriting = false
        if case .registered(let registration) = phase {
            phase = .waiting
            setCurrent(nil)
            onEvent(.lost(registration))
        } else if phase == .registering {
            phase = .waiting
        } else if phase == .stopping {
            finish()
        }
    }

    func begin() {
        guard phase == .waiting, client.reported.isConnected else { return }
        retry.cancel()
        round += 1
        phase = .registering
        if isUncertain { look(round) } else { create(round) }
    }

    private func create(_ round: Int) {
        isDirty = false
        client.create(NodePath.child(prefix, of: parent), data: data, mode: .ephemeralSequential, acl: acl) { [self] result in
            switch result {
            case .success(let node): created(node.path, round)
            case .failure(let error) where error.code == .noNode: makeParent(round)
            case .failure(let error):
                if error.isOutcomeUnknown { isUncertain = true }
                failed(error, round)
            }
        }
    }

    private func makeParent(_ round: Int) {
        client.createPath(parent, acl: acl) { [self] result in
            guard round == self.round else { return }
            switch result {
            case .success: create(round)
            case .failure(let error): failed(error, round)
            }
        }
    }

    /// Has the create been carried out whose answer did not come? First everything the leader decided must have come here: the server in
    /// use may be another one than before.
    func look(_ round: Int) {
        client.sync(parent) { [self] result in
            guard round == self.round else { return }
            switch result {
            case .success: find(round)
            case .failure(let error): failed(error, round)
            }
        }
    }

    private func find(_ round: Int) {
        client.getEphemerals(prefix: NodePath.child(prefix, of: parent)) { [self] result in
            guard round == self.round else { return }
            switch result {
            case .success(let paths):
                let own = paths.filter { NodePath.parent($0) == parent && NodePath.sequence($0) != nil }.sorted()
                isUncertain = false
                guard let last = own.last else { return phase == .stopping ? finish() : create(round) }
                // One is enough.
                for ghost in own.dropLast() { client.delete(ghost) { _ in } }
                isDirty = true
                created(last, round)
            case .failure(let error): failed(error, round)
            }
        }
    }

    private func created(_ path: String, _ round: Int) {
        guard round == self.round, phase == .registering || phase == .stopping, let sessionID = client.reported.sessionID,
            let number = NodePath.sequence(path)
        else { return }
        isUncertain = false
        let registration = Registration(path: path, number: number, sessionID: sessionID)
        if phase == .stopping { return remove(registration) }
        phase = .registered(registration)
        setCurrent(registration)
        watch(registration, round)
        onEvent(.registered(registration))
        write()
    }

    private func failed(_ error: ZooKeeperError, _ round: Int) {
        guard round == self.round else { return }
        if phase == .stopping { return finish() }
        guard phase == .registering else { return }
        phase = .waiting
        // Without connection, the next one begins anew.
        guard client.reported.isConnected else { return }
        onEvent(.failed(error))
        retry.set(afterMilliseconds: 1_000) { [weak self] in self?.begin() }
    }

    /// Somebody else may delete the node. Own changes of its data fire the watch, too.
    private func watch(_ registration: Registration, _ round: Int) {
        isWatched = false
        let handler: WatchHandler = { [weak self] event in
            guard let self, round == self.round else { return }
            switch event.kind {
            case .deleted: gone(registration)
            case .dataChanged: watch(registration, round)
            default: break
            }
        }
        client.exists(registration.path, watch: handler) { [self] result in
            guard round == self.round else { return }
            switch result {
            case .success(nil): gone(registration)
            case .success: isWatched = true
            case .failure:
                // Without connection, the next one does it.
                guard client.reported.isConnected else { return }
                retry.set(afterMilliseconds: 1_000) { [weak self] in self?.watch(registration, round) }
            }
        }
    }

    func gone(_ registration: Registration) {
        guard phase == .registered(registration) else { return }
        lose()
        begin()
    }
}
