import Cluster
import Synchronization

/// What a node in a cluster has more than one that stands alone. Any thread.
final class NodeCluster: Sendable {
    let view = ClusterView()
    /// Where users are, other than here.
    let routes = RemoteRoutes()
    let secret: String
    let limits: PeerLimits
    /// Messages that came from a node with other rules.
    let mismatches = Atomic<Int>(0)
    let forwarded = Atomic<Int>(0)
    /// Asks Redis where a user is; nil: it cannot be asked now.
    typealias LookUp = @Sendable (_ uid: String, _ answer: @escaping @Sendable ([RemoteSession]?) -> Void) -> Void
    private let lookUpPlace = Mutex<LookUp?>(nil)

    init(secret: String, limits: PeerLimits) {
        self.secret = secret
        self.limits = limits
    }

    func setLookUp(_ body: @escaping LookUp) { lookUpPlace.withLock { $0 = body } }

    /// Calls `answer` once, on any thread; with nil when nobody can say.
    func lookUp(_ uid: String, _ answer: @escaping @Sendable ([RemoteSession]?) -> Void) {
        guard let body = lookUpPlace.withLock({ $0 }) else { return answer(nil) }
        body(uid, answer)
    }
}
