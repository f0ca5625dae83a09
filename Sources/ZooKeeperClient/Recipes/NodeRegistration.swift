import Reactor
import Synchronization

/// Keeps one ephemeral sequential node under a parent, which it makes when missing: the node is there whenever the client has a session.
///
///     let registration = NodeRegistration(client: client, parent: "/im/nodes", prefix: "seq-", data: json) { event in ... }
///     registration.start()
///     registration.update(newJSON)
///
/// After an expired session, or when somebody deleted the node, it registers anew and reports the new number. When the connection breaks
/// while the node is being created, it looks for a node of its own session before it makes another one, so that no second one stays.
/// One registration for a parent and prefix a client. Methods are for any thread; `onEvent` is called on the client's loop.
public final class NodeRegistration: @unchecked Sendable {
    public struct Registration: Hashable, Sendable {
        public let path: String
        /// What the server appended to the prefix.
        public let number: Int
        /// The session that owns the node.
        public let sessionID: Int64

        public var name: String { NodePath.name(path) }
    }

    public enum Event: Equatable, Sendable {
        /// The node is there, with a number that no node of this parent had before.
        case registered(Registration)
        /// The node is gone: its session expired, or it was deleted. `registered` with another number follows.
        case lost(Registration)
        /// It cannot be made now; it is tried again.
        case failed(ZooKeeperError)
    }

    public let client: ZooKeeperClient
    public let parent: String
    public let prefix: String
    let acl: [ACL]
    /// The least time between two writes of the node's data, in milliseconds.
    let updateInterval: Int
    let onEvent: (Event) -> Void

    private let shared = Mutex<Registration?>(nil)

    // Of the loop.
    var data: [UInt8]
    var phase = Phase.idle
    /// A create may have been carried out without an answer.
    var isUncertain = false
    var isDirty = false
    /// Whether the server tells when somebody deletes the node.
    var isWatched = false
    var isWriting = false
    var lastWrite = 0
    /// Answers to questions of before are for nobody.
    var round = 0
    var stateHandler = 0
    let retry: LoopTimer
    let writeTimer: LoopTimer
    var stoppers: [() -> Void] = []

    enum Phase: Equatable {
        case idle
        /// Waits for a session, or for the time to try again.
        case waiting
        case registering
        case registered(Registration)
        case stopping
        case stopped
    }

    /// - Parameters:
    ///   - prefix: of the node's name; the server's ten digits follow.
    ///   - updateIntervalMilliseconds: of what `update` is given in between, the last is written.
    public init(
        client: ZooKeeperClient, parent: String, prefix: String, data: [UInt8], acl: [ACL] = .openUnsafe,
        updateIntervalMilliseconds: Int = 250, onEvent: @escaping (Event) -> Void
    ) {
        self.client = client
        self.parent = parent
        self.prefix = prefix
        self.data = data
        self.acl = acl
        self.onEvent = onEvent
        updateInterval = updateIntervalMilliseconds
        retry = LoopTimer(client.loop)
        writeTimer = LoopTimer(client.loop)
    }

    /// The node at present; nil while there is none. It may be gone already when the connection is lost: see
    /// `ZooKeeperClient.leaseMilliseconds`. Any thread.
    public var current: Registration? { shared.withLock { $0 } }

    /// Begins; once.
    public func start() {
        client.loop.execute { [self] in
            guard phase == .idle else { return }
            phase = .waiting
            stateHandler = client.addStateHandler { [weak self] in self?.changed($0) }
            if client.reported.isConnected { begin() }
        }
    }

    /// Changes the node's data, now or after `updateIntervalMilliseconds`; a later registration has it from the start.
    public func update(_ data: [UInt8]) {
        client.loop.execute { [self] in
            if self.data == data { return }
            self.data = data
            isDirty = true
            write()
        }
    }

    /// Deletes the node and ends. Returns when it is deleted, or cannot be because there is no connection: it goes with the session then.
    public func stop() async {
        await withCheckedContinuation { continuation in
            if !client.loop.execute({ [self] in stop { continuation.resume() } }) { continuation.resume() }
        }
    }

    func setCurrent(_ registration: Registration?) { shared.withLock { $0 = registration } }
}
