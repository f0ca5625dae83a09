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
        lists = 0
        asked = 0
        backlog = EntryQueue()
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
        if watchedSession == sessionID { return refresh() }
        let round = round
        let handler: WatchHandler = { [weak self] event in self?.happened(event, sessionID) }
        client.addWatch(path, mode: .persistentRecursive, handler: handler) { [self] result in
            guard round == self.round, isStarted else { return }
            switch result {
            case .success:
                watchedSession = sessionID
                refresh()
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

    /// Reads everything there is.
    private func refresh() {
        if lists > 0 {
            listAgain = true
            return
        }
        seen = []
        list("")
    }

    private func list(_ name: String) {
        lists += 1
        ask(.list(name))
    }

    private func read(_ name: String) {
        if reading.contains(name) {
            readAgain.insert(name)
        } else {
            reading.insert(name)
            ask(.read(name))
        }
    }

    private func ask(_ question: Question) {
        // Far below what the client takes at once, which is not this cache's alone.
        if asked >= 200 { return backlog.append(question) }
        asked += 1
        let round = round
        switch question {
        case .list(let name):
            client.getChildren(full(name)) { [self] result in
                if isAnswered(round) { listed(name, result) }
            }
        case .read(let name):
            client.getData(full(name)) { [self] result in
                if isAnswered(round) { got(name, result) }
            }
        }
    }

    /// Whether the answer is for a question that still stands; then the next one is asked.
    private func isAnswered(_ round: Int) -> Bool {
        guard round == self.round, isStarted else { return false }
        asked -= 1
        if let next = backlog.popFirst() { ask(next) }
        return true
    }

    private func full(_ name: String) -> String { name.isEmpty ? path : NodePath.child(name, of: path) }

    private func listed(_ name: String, _ result: Result<NodeChildren, ZooKeeperError>) {
        switch result {
        case .success(let children):
            for child in children.names {
                let key = name.isEmpty ? child : "\(name)/\(child)"
                seen.insert(key)
                missing.insert(key)
                read(key)
                if includesDescendants { list(key) }
            }
        case .failure(let error): if error.code != .noNode, error.code != .noAuth { return later(error) }
        }
        lists -= 1
        guard lists == 0 else { return }
        if listAgain {
            listAgain = false
            return refresh()
        }
        for name in nodes.keys where !seen.contains(name) && !reading.contains(name) { remove(name) }
        isListed = true
        tellLater()
    }

    private func got(_ name: String, _ result: Result<NodeContent, ZooKeeperError>) {
        reading.remove(name)
        // An answer may be older than the event that came before it.
        if readAgain.remove(name) != nil { return read(name) }
        missing.remove(name)
        switch result {
        case .success(let content):
            seen.insert(name)
            if nodes[name] != content {
                nodes[name] = content
                changed.insert(name)
            }
        case .failure(let error) where error.code == .noNode || error.code == .noAuth: remove(name)
        case .failure(let error): return later(error)
        }
        tellLater()
    }

    private func remove(_ name: String) {
        if nodes.removeValue(forKey: name) != nil { changed.insert(name) }
    }

    private func happened(_ event: WatchEvent, _ sessionID: Int64) {
        guard isStarted, sessionID == watchedSession else { return }
        switch event.kind {
        case .created, .dataChanged, .deleted:
            if event.path == path {
                if event.kind != .dataChanged { refresh() }
            } else if includesDescendants || NodePath.parent(event.path) == path {
                read(String(event.path.dropFirst(path == "/" ? 1 : path.count + 1)))
            }
        case .removed:
            watchedSession = 0
            if client.reported.sessionID == sessionID { begin(sessionID) }
        case .childrenChanged, .reconnected, .lost: break
        }
    }
}
