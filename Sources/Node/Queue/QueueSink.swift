import Storage

/// Brings writes of low priority to the store. Any thread; nothing here waits.
struct QueueSink: Sendable {
    let writer: MessageWriter
    let upkeep: Upkeep

    /// - Parameter done: called once, on any thread: whether the store has it, or will soon where nothing depends on it.
    func write(_ write: QueuedWrite, done: @escaping @Sendable (Bool) -> Void) {
        switch write {
        case .acknowledge(let user, let device, let serverIDs):
            let isQueued = writer.submit(.acknowledge(user: user, device: device, serverIDs: serverIDs)) { result in
                if case .success = result { done(true) } else { done(false) }
            }
            if !isQueued { done(false) }
        case .seen(let sighting):
            upkeep.saw(sighting)
            done(true)
        }
    }

    /// Whether the store takes writes.
    func isWell() async -> Bool {
        await withCheckedContinuation { continuation in
            let isQueued = writer.submit(.expire(before: 0, now: 0)) { result in
                if case .success = result { continuation.resume(returning: true) } else { continuation.resume(returning: false) }
            }
            if !isQueued { continuation.resume(returning: false) }
        }
    }

    /// Which of them the store has.
    func write(_ writes: [QueuedWrite]) async -> [Bool] {
        await withCheckedContinuation { continuation in
            let gathering = Gathering(writes.count) { continuation.resume(returning: $0) }
            for (index, write) in writes.enumerated() { self.write(write) { gathering.add($0, at: index) } }
        }
    }
}
