import Cluster
import Messaging
import PluginHost
import Reactor
import Synchronization

// Frames to a user wherever in the cluster: here, and once to each node that has sessions of the user.
extension NodeLoop {
    struct Reach {
        var sessions: UInt32 = 0
        var nodes: UInt32 = 0

        var values: [LuaValue] { [.integer(Int64(sessions)), .integer(Int64(nodes))] }
    }

    /// Queues a frame for all sessions of a user. nil when it has to be asked where they are: nothing is queued then.
    func routeAnywhere(
        _ frame: UnsafeRawBufferPointer, to uid: UnsafeRawBufferPointer, from sender: SessionHandle, _ cluster: NodeCluster
    ) -> Reach? {
        guard cluster.routes.find(uid, into: &remoteNodes) else { return nil }
        return route(frame, to: uid, from: sender, remoteNodes.places)
    }

    private func route(
        _ frame: UnsafeRawBufferPointer, to uid: UnsafeRawBufferPointer, from sender: SessionHandle, _ places: [RemoteNodes.Place]
    ) -> Reach {
        var reach = Reach()
        shared.routes.sessions(of: uid, into: found)
        let alive = places.reduce(0) { count, place in cluster?.view.contains(place.node) == true ? count + 1 : count }
        let sole = found.count + alive == 1
        let local = found.count == 0 ? 0 : route(frame, to: uid, from: sender)
        if local > 0 { reach = Reach(sessions: local, nodes: 1) }
        for place in places {
            let record = PeerRecord(
                .deliver, flags: sole ? PeerRecord.sole : 0, number: sender.rawValue, key: uid, payload: frame)
            guard forward(record, to: place.node) else { continue }
            statistics.messagesForwarded &+= 1
            reach.sessions &+= place.sessions
            reach.nodes &+= 1
        }
        return reach
    }

    /// The same when it has to be asked first: `done` is called later, on this loop. When nobody can say, the user's sessions here count.
    func routeLater(
        _ frame: [UInt8], to uid: [UInt8], from sender: SessionHandle, _ cluster: NodeCluster, done: @escaping @Sendable (Reach) -> Void
    ) {
        cluster.lookUp(String(decoding: uid, as: UTF8.self)) { [self] sessions in
            loop.execute { [self] in
                var places = RemoteNodes()
                if let sessions { places.fill(with: sessions) }
                let reach = frame.withUnsafeBytes { frame in uid.withUnsafeBytes { route(frame, to: $0, from: sender, places.places) } }
                done(reach)
            }
        }
    }

    /// hpush.redirect and hpush.notify in a cluster.
    func redirectInCluster(
        _ frame: UnsafeRawBufferPointer, to uid: UnsafeRawBufferPointer, from sender: SessionHandle, _ cluster: NodeCluster,
        execution: UInt64, of state: PluginState, answer: @escaping @Sendable (Reach) -> [LuaValue]
    ) -> Reach? {
        if let reach = routeAnywhere(frame, to: uid, from: sender, cluster) { return reach }
        let reference = StateReference(state)
        routeLater(Array(frame), to: Array(uid), from: sender, cluster) { [self] reach in
            wake(execution, of: reference.state, with: .success(answer(reach)))
        }
        return nil
    }
}
