import Cluster
import Messaging
import Reactor

// Stored messages and sessions on other nodes: whoever may have missed something that lies in the store is told to look.
//
// A stored message goes to its recipient's sessions as any other one does. That may fail without a failure for its sender: the route is not known
// yet, a node or a link is gone, Redis is away. None of this loses it, and none of this may leave it lying until the next login.
extension NodeLoop {
    /// Sessions looked at in a step of a round over all, and milliseconds between two steps.
    private static let roundSessions = 50
    private static let roundMilliseconds = 20
    /// When a node that missed something is told, in milliseconds.
    private static let missedMilliseconds = 1000
    /// By then a session's route is known to all nodes. Milliseconds.
    private static let knownMilliseconds = 1500

    /// A user's sessions everywhere look into the store.
    func readStoreAnywhere(of user: String) {
        for session in shared.routes.sessions(of: user) { readStore(session.handle) }
        guard let cluster else { return }
        cluster.lookUp(user) { [self] sessions in
            loop.execute { [self] in
                let nodes = sessions.map { Set($0.map(\.node)) } ?? otherNodes(cluster)
                readStoreAway(of: user, nodes)
            }
        }
    }

    func otherNodes(_ cluster: NodeCluster) -> Set<NodeID> {
        let own = cluster.view.own
        return Set(cluster.view.nodes.keys.filter { $0 != own })
    }

    func readStoreAway(of user: String, _ nodes: Set<NodeID>) {
        var user = user
        user.withUTF8 { uid in
            for node in nodes { _ = forward(PeerRecord(.readStore, key: UnsafeRawBufferPointer(uid)), to: node) }
        }
    }

    func readStoreHere(_ uid: UnsafeRawBufferPointer) {
        shared.routes.sessions(of: uid, into: found)
        for handle in (0..<found.count).map({ found.base[$0].handle }) { readStore(handle) }
    }

    /// A session that has just come: what was stored before all nodes knew of it did not come live.
    func readStoreOnceKnown(_ session: Session) {
        guard cluster != nil, session.feed != nil else { return }
        let handle = session.handle
        _ = loop.scheduleTimer(afterMilliseconds: Self.knownMilliseconds, LaterOnce { [unowned self] in readStore(handle) })
    }

    // MARK: All sessions

    /// All sessions of this node look into the store, some at a time.
    func readStoreOfAll() {
        readStoreInTurn()
        for link in links {
            link?.send(a: 0, b: 0, kind: LoopRecordKind.readStore.rawValue, payload: UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }

    /// Those of this loop.
    func readStoreInTurn() {
        guard shared.messages.isUsed else { return }
        let isRunning = storeRound != nil
        storeRound = 0
        if !isRunning { goOnWithRound() }
    }

    private func goOnWithRound() {
        guard let slot = storeRound else { return }
        var handles: [SessionHandle] = []
        storeRound = slots.forEach(from: slot, most: Self.roundSessions) { if $0.feed != nil { handles.append($0.handle) } }
        for handle in handles { readStore(handle) }
        guard storeRound != nil else { return }
        _ = loop.scheduleTimer(afterMilliseconds: Self.roundMilliseconds, LaterOnce { [unowned self] in goOnWithRound() })
    }

    // MARK: Other nodes

    /// A node did not get something that may be stored: all its sessions are to look, once it can be told.
    func missed(_ node: NodeID) {
        guard shared.messages.isUsed, cluster?.view.contains(node) == true, missedNodes.insert(node).inserted else { return }
        tellMissed(node)
    }

    private func tellMissed(_ node: NodeID) {
        _ = loop.scheduleTimer(
            afterMilliseconds: Self.missedMilliseconds,
            LaterOnce { [unowned self] in
                missedNodes.remove(node)
                // When it cannot be told, `forward` comes back here.
                if cluster?.view.contains(node) == true { _ = forward(PeerRecord(.readStore), to: node) }
            })
    }

    /// This node did not know where users are for a while.
    func missedAll() {
        guard let cluster else { return }
        readStoreInTurn()
        for node in otherNodes(cluster) { missed(node) }
    }
}
