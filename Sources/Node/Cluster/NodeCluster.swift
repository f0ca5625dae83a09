import Cluster
import Messaging
import Synchronization

/// What a node in a cluster has more than one that stands alone, as far as its loops need it. Any thread.
final class NodeCluster: Sendable {
    typealias Gone = @Sendable (_ uid: String, _ node: NodeID) -> Void
    typealias LookUp = @Sendable (_ uid: String, _ answer: @escaping @Sendable ([RemoteSession]?) -> Void) -> Void

    let view = ClusterView()
    /// Where users are, other than here.
    let routes = RemoteRoutes()
    let secret: String
    /// With it all nodes find the same names for messages.
    let messageSecret: MessageName.Secret
    let limits: PeerLimits
    /// What of other nodes' words may be missing here.
    let heard = HeardNodes()
    /// Messages that came from a node with other rules.
    let mismatches = Atomic<Int>(0)

    private let changes = Mutex<[RouteChange]>([])
    private struct Services {
        var lookUp: LookUp?
        var changed: (@Sendable () -> Void)?
        var gone: Gone?
    }
    private let services = Mutex(Services())

    init(secret: String, limits: PeerLimits) {
        self.secret = secret
        messageSecret = MessageName.Secret(derivedFrom: secret)
        self.limits = limits
    }

    /// Who asks Redis, who is told that there are changes, and that a user was not where its route leads; once, before the loops start.
    func connect(lookUp: @escaping LookUp, changed: @escaping @Sendable () -> Void, gone: @escaping Gone) {
        services.withLock { $0 = Services(lookUp: lookUp, changed: changed, gone: gone) }
    }

    /// Calls `answer` once, on any thread; with nil when nobody can say.
    func lookUp(_ uid: String, _ answer: @escaping @Sendable ([RemoteSession]?) -> Void) {
        guard let body = services.withLock(\.lookUp) else { return answer(nil) }
        body(uid, answer)
    }

    /// A node says that a user has no session there.
    func isGone(_ uid: String, from node: NodeID) { services.withLock(\.gone)?(uid, node) }

    // MARK: This node's sessions

    func opened(_ session: Session) {
        let route = LocalRoute(session)
        // Whoever asks from now on asks Redis, after this session has been written there.
        routes.forget(route.uid)
        add(.opened(route))
    }

    func closed(_ session: Session) { add(.closed(uid: session.uid, id: session.id.description)) }

    /// What came since the last call.
    func takeChanges() -> [RouteChange] {
        changes.withLock { changes in
            defer { changes = [] }
            return changes
        }
    }

    private func add(_ change: RouteChange) {
        let isFirst = changes.withLock { changes in
            changes.append(change)
            return changes.count == 1
        }
        if isFirst { services.withLock(\.changed)?() }
    }
}

extension LocalRoute {
    init(_ session: Session) {
        self.init(
            uid: session.uid, id: session.id.description, device: session.device, platform: session.platform, since: session.since)
    }
}
