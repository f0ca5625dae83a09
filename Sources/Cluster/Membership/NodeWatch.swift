import Dispatch
import Logging
import Reactor
import Synchronization
import ZooKeeperClient

/// The nodes of a cluster for somebody who is none: a gate alone. It has an event loop of its own.
public final class NodeWatch: Sendable {
    public struct Known: Sendable {
        public var id: NodeID
        public var record: NodeRecord
        /// It has said nothing for so long that it may be frozen.
        public var isStale: Bool
    }

    private struct State {
        var nodes: [NodeID: NodeRecord] = [:]
        var heard: [NodeID: UInt64] = [:]
        var isCurrent = false
        var cache: ChildrenCache?
    }

    /// Nodes say something every two seconds at least. Nanoseconds.
    private static let patience: UInt64 = 6_000_000_000

    private let loop: EventLoop
    private let client: ZooKeeperClient
    private let state = Mutex(State())

    /// - Parameter connectString: servers and root, such as `127.0.0.1:2181/im`.
    /// - Throws: `ZooKeeperError`, `ReactorError`.
    public init(connectString: String, sessionTimeoutMilliseconds: Int, logger: Logger) throws {
        loop = try EventLoop(index: 0, name: "cluster")
        client = try ZooKeeperClient(
            loop: loop,
            configuration: ZooKeeperConfiguration(connectString: connectString, sessionTimeoutMilliseconds: sessionTimeoutMilliseconds),
            logger: logger)
    }

    /// Begins to watch.
    public func start() throws {
        try loop.start()
        let cache = ChildrenCache(client: client, path: "/nodes") { [weak self] snapshot in self?.changed(snapshot) }
        state.withLock { $0.cache = cache }
        client.start()
        cache.start()
    }

    public func stop() async {
        await client.close()
        loop.stop()
    }

    /// The nodes as they are known now. Any thread.
    public var nodes: [Known] {
        let now = DispatchTime.now().uptimeNanoseconds
        return state.withLock { state in
            state.nodes.sorted { $0.key < $1.key }.map { id, record in
                let isStale = state.isCurrent && (state.heard[id].map { now > $0 + Self.patience } ?? false)
                return Known(id: id, record: record, isStale: isStale)
            }
        }
    }

    private func changed(_ snapshot: ChildrenCache.Snapshot) {
        let now = DispatchTime.now().uptimeNanoseconds
        state.withLock { state in
            state.isCurrent = snapshot.isCurrent
            // What was known stays good enough while ZooKeeper is away.
            guard snapshot.isCurrent else { return }
            var found: [NodeID: NodeRecord] = [:]
            for (name, content) in snapshot.nodes {
                guard let id = NodeRecord.id(ofPath: name), let record = try? NodeRecord(json: content.data) else { continue }
                found[id] = record
                if state.nodes[id] == nil { state.heard[id] = now }
            }
            for case .updated(let name) in snapshot.changes {
                if let id = NodeRecord.id(ofPath: name) { state.heard[id] = now }
            }
            state.heard = state.heard.filter { found[$0.key] != nil }
            state.nodes = found
        }
    }
}
