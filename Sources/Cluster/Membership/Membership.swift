import Logging
import Reactor
import Synchronization
import ZooKeeperClient

/// This node among the others: registers it, keeps what it says of itself current, and tells who is there. On the client's loop.
public final class Membership: @unchecked Sendable {
    // @unchecked: of one loop; what other threads may call says so.
    public enum Event {
        /// This node has a number; `previous` is the one it had, when it lost it.
        case registered(NodeID, previous: NodeID?)
        /// Its registration is gone; another one follows.
        case lost(NodeID)
        /// The nodes there are, this one among them; `heard`: those that have said something since the last time.
        case nodes([NodeID: NodeRecord], heard: Set<NodeID>, isCurrent: Bool)
    }

    public let client: ZooKeeperClient
    private let loop: EventLoop
    private let logger: Logger
    /// Sessions now; any thread.
    private let sessions: @Sendable () -> Int
    private let onEvent: (Event) -> Void
    private let online: OnlineCount
    private var record: NodeRecord
    private var registration: NodeRegistration?
    private var cache: ChildrenCache?
    private var own: NodeID?
    private var previous: NodeID?
    private var nodes: [NodeID: NodeRecord] = [:]
    private var ticks = 0
    private var isDraining = false
    private var isEnding = false

    private static let tick = 400
    /// Milliseconds in which the others have read what this node says of itself.
    private static let lastWordHeard = 400

    /// - Parameters:
    ///   - client: with the root as its chroot; not started yet.
    ///   - record: what the node says of itself, but id and balance.
    public init(
        client: ZooKeeperClient, record: NodeRecord, logger: Logger, sessions: @escaping @Sendable () -> Int,
        onEvent: @escaping (Event) -> Void
    ) {
        self.client = client
        self.record = record
        self.logger = logger
        self.sessions = sessions
        self.onEvent = onEvent
        loop = client.loop
        online = OnlineCount(client: client, path: "/OnlineCounter")
    }

    /// Begins to register. Any thread; once.
    public func start() {
        loop.execute { [self] in
            record.balance = Int64(sessions())
            let registration = NodeRegistration(client: client, parent: "/nodes", prefix: "seq-", data: record.json) { [weak self] event in
                self?.changed(event)
            }
            self.registration = registration
            let cache = ChildrenCache(client: client, path: "/nodes") { [weak self] snapshot in self?.changed(snapshot) }
            self.cache = cache
            client.start()
            registration.start()
            cache.start()
            _ = loop.scheduleTimer(afterMilliseconds: Self.tick, Tick(self))
        }
    }

    /// No newcomers are to be sent here, for good. Any thread.
    public func drain() {
        loop.execute { [self] in
            isDraining = true
            record.draining = true
            registration?.update(record.json)
        }
    }

    /// Whether none are to be sent here for a time. Any thread.
    public func refuseNewcomers(_ refuses: Bool) {
        loop.execute { [self] in
            record.draining = refuses || isDraining
            registration?.update(record.json)
        }
    }

    /// Gives up the registration and the session. Any thread.
    ///
    /// First this node takes its sessions off the counter, and says that it has none, for the lowest one takes off what a node that goes had by
    /// its last word: the others get a moment to hear that.
    public func stop() async {
        let (registration, isHeard) = await withCheckedContinuation { (done: CheckedContinuation<(NodeRegistration?, Bool), Never>) in
            let taken = loop.execute { [self] in
                isEnding = true
                cache?.stop()
                record.balance = 0
                self.registration?.update(record.json)
                let isHeard = nodes.contains { $0.key != own }
                online.leave { done.resume(returning: (self.registration, isHeard)) }
            }
            if !taken { done.resume(returning: (nil, false)) }
        }
        if isHeard { try? await Task.sleep(for: .milliseconds(Self.lastWordHeard)) }
        await registration?.stop()
        await client.close()
    }

    /// Whether this node's number is certainly still its own, whatever happened meanwhile: it may act for all.
    public var isCertain: Bool { own != nil && client.leaseMilliseconds > 0 }

    // MARK: What ZooKeeper says

    private func changed(_ event: NodeRegistration.Event) {
        switch event {
        case .registered(let registration):
            guard let number = UInt32(exactly: registration.number) else { return }
            let id = NodeID(number)
            logger.notice("registered as node \(id)")
            own = id
            record.id = Int64(number)
            online.restart()
            self.registration?.update(record.json)
            onEvent(.registered(id, previous: previous))
            previous = id
        case .lost:
            guard let id = own else { return }
            logger.warning("the registration as node \(id) is gone")
            own = nil
            onEvent(.lost(id))
        case .failed(let error):
            logger.warning("the node cannot be registered: \(error)")
        }
    }

    private func changed(_ snapshot: ChildrenCache.Snapshot) {
        var found: [NodeID: NodeRecord] = [:]
        for (name, content) in snapshot.nodes {
            guard let id = NodeRecord.id(ofPath: name) else { continue }
            do {
                var record = try NodeRecord(json: content.data)
                record.id = Int64(id.rawValue)
                found[id] = record
            } catch {
                logger.warning("/nodes/\(name) is no node: \(error)")
            }
        }
        if snapshot.isCurrent { takeOff(nodes.filter { found[$0.key] == nil && $0.key != own }, lowest: found.keys.min()) }
        nodes = found
        var heard: Set<NodeID> = []
        for case .updated(let name) in snapshot.changes {
            if let id = NodeRecord.id(ofPath: name) { heard.insert(id) }
        }
        onEvent(.nodes(found, heard: heard, isCurrent: snapshot.isCurrent))
    }

    private func takeOff(_ gone: [NodeID: NodeRecord], lowest: NodeID?) {
        guard !gone.isEmpty, let own, own == lowest, isCertain, !isEnding else { return }
        online.takeOff(gone.values.reduce(0) { $0 + $1.balance })
    }

    // MARK: Time

    private final class Tick: TimerTarget {
        private weak var owner: Membership?
        init(_ owner: Membership) { self.owner = owner }

        func timerFired(tag: UInt32, loop: EventLoop) {
            guard let owner, !owner.isEnding else { return }
            owner.ticked()
            _ = loop.scheduleTimer(afterMilliseconds: Membership.tick, self)
        }
    }

    private func ticked() {
        ticks += 1
        guard own != nil, client.state.isConnected else { return }
        let now = Int64(sessions())
        if now != record.balance {
            record.balance = now
            registration?.update(record.json)
        }
        // A sign of life for those that look for frozen nodes: written anew, though nothing is different.
        if ticks.isMultiple(of: 5), let path = registration?.current?.path { client.setData(path, data: record.json) { _ in } }
        online.update(now)
        if ticks.isMultiple(of: 12), let own, own == nodes.keys.min(), isCertain {
            online.mend(nodes.reduce(0) { $0 + ($1.key == own ? now : $1.value.balance) })
        }
    }
}
