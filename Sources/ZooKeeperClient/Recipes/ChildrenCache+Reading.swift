extension ChildrenCache {
    func sessionChanged(_ state: SessionState) {
        switch state {
        case .connected(let sessionID, _):
            isConnected = true
            begin(sessionID)
        case .connecting, .disconnected, .expired, .closed, .authenticationFailed:
            isConnected = false
            forgetQuestions()
            if state == .expired { watchedSession = 0 }
            tellLater()
        }
    }

    private func forgetQuestions() {
        round += 1
        isListing = false
        listAgain = false
        isListed = false
        isBlind = false
        reading = []
        readAgain = []
        missing = []
        retry.cancel()
    }

    /// First the watch, then everything: nothing can happen in between unseen.
    private func begin(_ sessionID: Int64) {
        forgetQuestions()
        if watchedSession == sessionID { return list() }
        let round = round
        let handler: WatchHandler = { [weak self] event in self?.happened(event, sessionID) }
        client.addWatch(path, mode: .persistentRecursive, handler: handler) { [self] result in
            guard round == self.round, isStarted else { return }
            switch result {
            case .success:
                watchedSession = sessionID
                list()
            case .failure(let error): later(error)
            }
        }
    }

    /// The server was too slow or too busy: once more in a while. Without connection the next one begins anew.
    private func later(_ error: ZooKeeperError) {
        client.logger.warning("zookeeper: children cannot be read; tried again", metadata: ["path": "\(path)", "error": "\(error)"])
        guard case .connected(let sessionID, _) = client.reported, !retry.isSet else { return }
        isBlind = true
        tellLater()
        retry.set(afterMilliseconds: 1_000) { [weak self] in self?.begin(sessionID) }
    }

    private func list() {
        if isListing {
            listAgain = true
            return
        }
        isListing = true
        let round = round
        client.getChildren(path) { [self] result in
            guard round == self.round, isStarted else { return }
            isListing = false
            switch result {
            case .success(let children): listed(children.names)
            case .failure(let error) where error.code == .noNode: listed([])
            case .failure(let error): later(error)
            }
        }
    }

    private func listed(_ names: [String]) {
        if listAgain {
            listAgain = false
            return list()
        }
        let present = Set(names)
        for name in nodes.keys where !present.contains(name) && !reading.contains(name) { remove(name) }
        isListed = true
        missing.formUnion(present)
        for name in present { read(name) }
        tellLater()
    }

    private func read(_ name: String) {
        if reading.contains(name) {
            readAgain.insert(name)
            return
        }
        reading.insert(name)
        let round = round
        client.getData(NodePath.child(name, of: path)) { [self] result in
            guard round == self.round, isStarted else { return }
            reading.remove(name)
            // An answer may be older than the event that came before it.
            if readAgain.remove(name) != nil { return read(name) }
            missing.remove(name)
            switch result {
            case .success(let content):
                if nodes[name] != content {
                    nodes[name] = content
                    changed.insert(name)
                }
            case .failure(let error) where error.code == .noNode || error.code == .noAuth: remove(name)
            case .failure(let error): return later(error)
            }
            tellLater()
        }
    }

    private func remove(_ name: String) {
        if nodes.removeValue(forKey: name) != nil { changed.insert(name) }
    }

    private func happened(_ event: WatchEvent, _ sessionID: Int64) {
        guard isStarted, sessionID == watchedSession else { return }
        switch event.kind {
        case .created, .dataChanged, .deleted:
            if event.path == path {
                if event.kind != .dataChanged { list() }
            } else if NodePath.parent(event.path) == path {
                read(NodePath.name(event.path))
            }
        case .removed:
            watchedSession = 0
            if client.reported.sessionID == sessionID { begin(sessionID) }
        case .childrenChanged, .reconnected, .lost: break
        }
    }
}
