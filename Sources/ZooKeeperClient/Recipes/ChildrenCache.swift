import Reactor
import Synchronization

/// The children of one node with their data, or all nodes below it, kept as they are on the server by a persistent watch (ZooKeeper 3.6 and
/// newer).
///
///     let cache = ChildrenCache(client: client, path: "/im/nodes") { snapshot in ... }
///     cache.start()
///
/// The node itself may come and go; without it there are no children. After a reconnect and after an expired session everything is read
/// anew. Methods are for any thread; `onChange` is called on the client's loop.
public final class ChildrenCache: @unchecked Sendable {
    public enum Change: Hashable, Sendable {
        case added(String)
        case updated(String)
        case removed(String)
    }

    public struct Snapshot: Sendable {
        /// The children by name, or all below by their path from the watched node, such as `a/b`.
        public var nodes: [String: NodeContent] = [:]
        /// Whether it is known to be what the server has: false without connection, and until everything is read after it came back.
        public var isCurrent = false
        /// What is different from the snapshot before; empty when only `isCurrent` is.
        public var changes: [Change] = []
    }

    public let client: ZooKeeperClient
    public let path: String
    /// Whether it holds children of children, too.
    public let includesDescendants: Bool
    let onChange: (Snapshot) -> Void

    private let shared = Mutex(Snapshot())

    // Of the loop.
    var isStarted = false
    var nodes: [String: NodeContent] = [:]
    /// As they were told last.
    var told: [String: NodeContent] = [:]
    var toldCurrent = false
    var isConnected = false
    /// The session that has the watch.
    var watchedSession: Int64 = 0
    /// Questions of before a reconnect get no answers.
    var round = 0
    /// Lists that are being asked for; `listAgain`: the watched node came or went since.
    var lists = 0
    var listAgain = false
    /// Whether everything has been listed in this round, and what was there.
    var isListed = false
    var seen: Set<String> = []
    /// Requests under way; what would be too many at once waits.
    var asked = 0
    var backlog = EntryQueue<Question>()
    /// Something could not be read, and will be tried again.
    var isBlind = false
    /// Children that are being read, and those that changed since they were asked for.
    var reading: Set<String> = []
    var readAgain: Set<String> = []
    /// Of a full reading: not there yet.
    var missing: Set<String> = []
    var changed: Set<String> = []
    var isTelling = false
    var stateHandler = 0
    let retry: LoopTimer

    enum Question {
        case list(String)
        case read(String)
    }

    /// - Parameter includesDescendants: true for a tree: also the children of children, at any depth.
    public init(
        client: ZooKeeperClient, path: String, includesDescendants: Bool = false, onChange: @escaping (Snapshot) -> Void
    ) {
        self.client = client
        self.path = path
        self.includesDescendants = includesDescendants
        self.onChange = onChange
        retry = LoopTimer(client.loop)
    }

    /// What was told last, without its changes. Any thread.
    public var snapshot: Snapshot { shared.withLock { $0 } }

    /// Begins; once.
    public func start() {
        client.loop.execute { [self] in
            if isStarted { return }
            isStarted = true
            stateHandler = client.addStateHandler { [weak self] in self?.sessionChanged($0) }
            if client.reported.isConnected { sessionChanged(client.reported) }
        }
    }

    /// Ends; nothing is told any more. The watch stays on the server with the session when others watch the same path.
    public func stop() {
        client.loop.execute { [self] in end() }
    }

    func setSnapshot(_ snapshot: Snapshot) { shared.withLock { $0 = snapshot } }
}
