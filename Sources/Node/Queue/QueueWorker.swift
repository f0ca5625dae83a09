import RedisClient

/// Takes entries from the stream and writes them to the store, a batch at a time; a batch that the store does not take is tried again until
/// it does. What can never be written goes to the dead-letter stream.
struct QueueWorker: Sendable {
    private static let most = 256
    private static let blockMilliseconds = 2000
    /// Times an entry is tried alone while the store takes others.
    private static let tries = 5
    /// An entry that another consumer took and did not end in so many milliseconds is taken over.
    private static let abandonedMilliseconds = 60_000

    private let queue: RedisWriteQueue
    private let redis: RedisClient
    private let consumer: String
    private let claims: Bool

    init(_ queue: RedisWriteQueue, number: Int) {
        self.queue = queue
        redis = queue.connections.workers[number]
        consumer = "\(queue.name)-\(number)"
        claims = number == 0
    }

    func run() async {
        var pause = 100
        // First what this consumer took before the node ended; again whenever an answer of Redis may have been lost, with entries in it.
        var leftover: StreamEntry.ID?
        var takesLeftovers = true
        var claimed = ContinuousClock.now
        while queue.isOpen {
            do {
                if takesLeftovers {
                    let entries = try await read(from: leftover.map(\.description) ?? "0")
                    try await write(entries)
                    leftover = entries.last?.id
                    takesLeftovers = leftover != nil
                } else {
                    try await write(try await read(from: ">"))
                }
                if claims, claimed.duration(to: .now) > .seconds(30) {
                    claimed = .now
                    try await write(try await claim())
                }
                pause = 100
            } catch let error as RedisError where error.serverCode == "NOGROUP" {
                await makeGroup()
            } catch {
                takesLeftovers = true
                leftover = nil
                try? await Task.sleep(for: .milliseconds(pause))
                pause = min(pause * 2, 2000)
            }
        }
    }

    // MARK: Redis

    private func read(from place: String) async throws -> [StreamEntry] {
        let command = RedisCommand(
            "XREADGROUP", "GROUP", RedisWriteQueue.group, consumer, "COUNT", Self.most, "BLOCK", Self.blockMilliseconds, "STREAMS",
            queue.key,
            place)
        return StreamEntry.read(try await redis.command(command, timeout: Self.blockMilliseconds + 2000))
    }

    private func claim() async throws -> [StreamEntry] {
        let command = RedisCommand(
            "XAUTOCLAIM", queue.key, RedisWriteQueue.group, consumer, Self.abandonedMilliseconds, "0", "COUNT", Self.most)
        guard let parts = try await redis.command(command).array, parts.count >= 2 else { return [] }
        return StreamEntry.list(parts[1])
    }

    private func makeGroup() async {
        let made = try? await redis.command(RedisCommand("XGROUP", "CREATE", queue.key, RedisWriteQueue.group, "0", "MKSTREAM"))
        // Another one was first, most likely.
        if made == nil { try? await Task.sleep(for: .milliseconds(100)) }
    }

    /// The entries are done with. What is not removed for Redis is away comes again, and is written again, which changes nothing.
    private func remove(_ entries: [StreamEntry]) async throws {
        guard !entries.isEmpty else { return }
        var acknowledge = RedisCommand("XACK", queue.key, RedisWriteQueue.group)
        var delete = RedisCommand("XDEL", queue.key)
        for entry in entries {
            acknowledge.add(entry.id.description)
            delete.add(entry.id.description)
        }
        // Both or neither: an entry that is acknowledged and not deleted would lie in the stream for ever.
        _ = try await redis.transaction([acknowledge, delete])
    }

    private func bury(_ entry: StreamEntry, _ reason: String) async throws {
        queue.logger.error(
            "a write of the queue is given up and lies in \(queue.deadKey)", metadata: ["entry": "\(entry.id)", "reason": "\(reason)"])
        var command = RedisCommand("XADD", queue.deadKey, "MAXLEN", "~", 10_000, "*", "entry", entry.id.description, "reason", reason)
        for field in entry.fields.sorted(by: { $0.key < $1.key }) {
            command.add(field.key)
            command.add(field.value)
        }
        _ = try await redis.command(command)
        queue.note { $0.dead += 1 }
        queue.written(entry)
        try await remove([entry])
    }

    // MARK: The store

    /// - Throws: when Redis does not answer: what it did not remove comes again.
    private func write(_ entries: [StreamEntry]) async throws {
        var left: [(entry: StreamEntry, write: QueuedWrite, tries: Int)] = []
        for entry in entries {
            if let write = QueuedWrite(entry.fields) { left.append((entry, write, 0)) } else { try await bury(entry, "not a write") }
        }
        var pause = 100
        while !left.isEmpty {
            let answers = await queue.sink.write(left.map(\.write))
            let written = zip(left, answers).filter(\.1).map(\.0.entry)
            for entry in written { queue.written(entry) }
            queue.note { $0.written += written.count }
            try await remove(written)
            left = zip(left, answers).filter { !$0.1 }.map(\.0)
            if left.isEmpty { return }
            queue.note { $0.retries += 1 }
            // The stream has them still.
            guard queue.isOpen, (try? await Task.sleep(for: .milliseconds(pause))) != nil else { return }
            pause = min(pause * 2, 5000)
            guard !written.isEmpty || pause >= 1600 else { continue }
            left = try await tryAlone(left)
        }
    }

    /// One after the other: a store that takes some of them is well, and does not take the others for themselves.
    private func tryAlone(
        _ batch: [(entry: StreamEntry, write: QueuedWrite, tries: Int)]
    ) async throws -> [(entry: StreamEntry, write: QueuedWrite, tries: Int)] {
        var refused: [(entry: StreamEntry, write: QueuedWrite, tries: Int)] = []
        var isWell = false
        for item in batch {
            guard queue.isOpen else { return refused }
            if await queue.sink.write([item.write]) == [true] {
                isWell = true
                queue.written(item.entry)
                queue.note { $0.written += 1 }
                try await remove([item.entry])
            } else {
                refused.append((item.entry, item.write, item.tries + 1))
            }
        }
        if !isWell { isWell = await queue.sink.isWell() }
        guard isWell else { return refused.map { ($0.entry, $0.write, 0) } }
        for item in refused where item.tries >= Self.tries { try await bury(item.entry, "the store refuses it") }
        return refused.filter { $0.tries < Self.tries }
    }
}
