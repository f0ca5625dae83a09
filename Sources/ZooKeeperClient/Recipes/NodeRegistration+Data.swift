extension NodeRegistration {
    /// Writes the data if it has changed and the time has come.
    func write() {
        guard isDirty, !isWriting, case .registered(let registration) = phase, client.reported.isConnected else { return }
        let due = lastWrite + updateInterval - client.now
        if due > 0, lastWrite > 0 {
            if !writeTimer.isSet { writeTimer.set(afterMilliseconds: due) { [weak self] in self?.write() } }
            return
        }
        isDirty = false
        isWriting = true
        lastWrite = client.now
        let round = round
        client.setData(registration.path, data: data) { [self] result in
            guard round == self.round else { return }
            isWriting = false
            if case .failure(let error) = result {
                if error.code == .noNode { return gone(registration) }
                isDirty = true
            }
            write()
        }
    }

    // MARK: - End

    func stop(_ completion: @escaping () -> Void) {
        switch phase {
        case .stopped: return completion()
        case .registered(let registration):
            stoppers.append(completion)
            phase = .stopping
            setCurrent(nil)
            remove(registration)
        case .registering, .stopping:
            // The create's answer goes on from here.
            stoppers.append(completion)
            phase = .stopping
        case .waiting where isUncertain && client.reported.isConnected:
            stoppers.append(completion)
            phase = .stopping
            look(round)
        case .idle, .waiting:
            stoppers.append(completion)
            finish()
        }
    }

    func remove(_ registration: Registration) {
        guard client.reported.isConnected else { return finish() }
        client.delete(registration.path) { [self] _ in finish() }
    }

    func finish() {
        if phase == .stopped { return }
        phase = .stopped
        round += 1
        setCurrent(nil)
        client.removeStateHandler(stateHandler)
        retry.cancel()
        writeTimer.cancel()
        let waiting = stoppers
        stoppers = []
        for stopper in waiting { stopper() }
    }
}
