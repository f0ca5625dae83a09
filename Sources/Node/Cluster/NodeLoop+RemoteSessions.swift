import Cluster
import Messaging
import PluginHost

// Session objects of scripts, wherever in the cluster the session is.
extension NodeLoop {
    /// A user's sessions in the cluster, oldest first; nil when it has to be asked where they are.
    func sessionsAnywhere(of uid: String, _ cluster: NodeCluster) -> [LuaValue]? {
        guard let remote = cluster.routes.sessions(of: uid) else { return nil }
        return list(shared.routes.sessions(of: uid), remote, cluster)
    }

    /// The same when it has to be asked: `done` is called later, on this loop.
    func findSessions(of uid: String, _ cluster: NodeCluster, done: @escaping @Sendable ([LuaValue]) -> Void) {
        cluster.lookUp(uid) { [self] remote in
            loop.execute { [self] in done(list(shared.routes.sessions(of: uid), remote ?? [], cluster)) }
        }
    }

    /// In an order that is the same on all nodes.
    private func list(_ local: [Session], _ remote: [RemoteSession], _ cluster: NodeCluster) -> [LuaValue] {
        var all = local.map { (since: $0.since, id: $0.id.description, handle: $0.handle.rawValue) }
        for session in remote where cluster.view.contains(session.node) {
            all.append((session.since, session.id, remoteSessions.handle(of: session)))
        }
        return all.sorted { ($0.since, $0.id) < ($1.since, $1.id) }.map { .session($0.handle) }
    }

    /// Sends a frame to a session of another node.
    func sendAway(_ frame: UnsafeRawBufferPointer, to session: RemoteSession, from sender: SessionHandle) -> Bool {
        withKey(session) { forward(PeerRecord(.deliverToSession, number: sender.rawValue, key: $0, payload: frame), to: session.node) }
    }

    func closeAway(_ session: RemoteSession, _ text: String) {
        var text = text
        text.withUTF8 { text in
            _ = withKey(session) { forward(PeerRecord(.closeSession, key: $0, payload: UnsafeRawBufferPointer(text)), to: session.node) }
        }
    }

    private func withKey<Result>(_ session: RemoteSession, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var id = session.id
        return id.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}
