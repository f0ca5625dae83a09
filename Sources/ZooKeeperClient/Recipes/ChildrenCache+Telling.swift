extension ChildrenCache {
    private var isCurrent: Bool { isConnected && isListed && lists == 0 && !isBlind && missing.isEmpty }

    /// Once for what happens in one turn of the loop.
    func tellLater() {
        if isTelling { return }
        isTelling = true
        client.loop.execute { [weak self] in self?.tell() }
    }

    private func tell() {
        isTelling = false
        guard isStarted else { return }
        let isCurrent = isCurrent
        // In the midst of reading everything there is no consistent picture; it will be told when there is.
        if isConnected, !isCurrent, !isBlind { return }
        var snapshot = Snapshot(nodes: told, isCurrent: isCurrent)
        if isCurrent {
            snapshot.changes = changes()
            snapshot.nodes = nodes
        }
        if snapshot.changes.isEmpty, isCurrent == toldCurrent { return }
        told = snapshot.nodes
        toldCurrent = isCurrent
        setSnapshot(Snapshot(nodes: snapshot.nodes, isCurrent: isCurrent))
        onChange(snapshot)
    }

    private func changes() -> [Change] {
        defer { changed = [] }
        return changed.sorted().compactMap { name in
            switch (told[name], nodes[name]) {
            case (nil, .some): .added(name)
            case (.some, nil): .removed(name)
            case (.some(let before), .some(let now)): before == now ? nil : .updated(name)
            case (nil, nil): nil
            }
        }
    }

    func end() {
        guard isStarted else { return }
        isStarted = false
        round += 1
        retry.cancel()
        client.removeStateHandler(stateHandler)
    }
}
