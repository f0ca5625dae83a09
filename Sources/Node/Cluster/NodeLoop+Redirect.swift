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
        return route(frame, to: uid, from: sender, isAttentive ? trackedMessage(in: frame, to: uid) : nil, remoteNodes.places)
    }

    private func route(
        _ frame: UnsafeRawBufferPointer, to uid: UnsafeRawBufferPointer, from sender: SessionHandle, _ message: TrackedMessage?,
        _ places: [RemoteNodes.Place]
    ) -> Reach {
        var reach = Reach()
        shared.routes.sessions(of: uid, into: found)
        let alive = places.count { cluster?.view.contains($0.node) == true }
        if found.count + alive == 0, let message { tracker.sent(message.serverID, isQueued: false) }
        let isSole = found.count + alive == 1
        var message = message
        if message != nil, let cluster {
            let now = loop.now / 1_000_000
            let heard = places.count { cluster.view.contains($0.node) && !cluster.heard.isSilent($0.node, now: now) }
            message?.isAlone = found.count + heard <= 1
        }
        if found.count > 0 {
            reach.sessions = routeHere(frame, to: uid, Passage(sender: sender, isSole: isSole, note: noting, message: message))
            reach.nodes = reach.sessions > 0 ? 1 : 0
        }
        for place in places where cluster?.view.contains(place.node) == true {
            var flags: UInt8 = isSole ? PeerRecord.sole : 0
            if let message { flags |= message.peerFlags }
            let isQueued = forward(frame, to: uid, flags, from: sender, named: message?.name, node: place.node)
            if let message { tracker.sent(message.serverID, isQueued: isQueued) }
            guard isQueued else { continue }
            statistics.messagesForwarded &+= 1
            reach.sessions &+= place.sessions
            reach.nodes &+= 1
        }
        return reach
    }

    private func forward(
        _ frame: UnsafeRawBufferPointer, to uid: UnsafeRawBufferPointer, _ flags: UInt8, from sender: SessionHandle,
        named name: MessageName?,
        node: NodeID
    ) -> Bool {
        withKey(uid, named: name) { key, named in
            forwardMessage(PeerRecord(.deliver, flags: flags | named, number: sender.rawValue, key: key, payload: frame), to: node)
        }
    }

    private func routeHere(_ frame: UnsafeRawBufferPointer, to uid: UnsafeRawBufferPointer, _ passage: Passage) -> UInt32 {
        if passage.message != nil || passage.note != nil { return routeAlong(frame, to: uid, passage) }
        return route(frame, to: uid, from: passage.sender)
    }

    /// The same when it has to be asked first: `done` is called later, on this loop. When nobody can say, the user's sessions here count.
    func routeLater(
        _ frame: [UInt8], to uid: [UInt8], from sender: SessionHandle, _ cluster: NodeCluster, done: @escaping @Sendable (Reach) -> Void
    ) {
        let message = frame.withUnsafeBytes { frame in uid.withUnsafeBytes { isAttentive ? trackedMessage(in: frame, to: $0) : nil } }
        let trace = spanning
        let span = trace?.child("route.lookup", .client)
        cluster.lookUp(String(decoding: uid, as: UTF8.self)) { [self] sessions in
            span?.end(failing: sessions == nil ? "Redis does not say" : nil)
            loop.execute { [self] in
                // What is sent from here belongs to the message that asked.
                let running = spanning
                spanning = trace
                defer { spanning = running }
                var places = RemoteNodes()
                if let sessions { places.fill(with: sessions) }
                let reach = frame.withUnsafeBytes { frame in
                    uid.withUnsafeBytes { route(frame, to: $0, from: sender, message, places.places) }
                }
                // Nobody can say where they are: whatever node they are on, what is stored is to reach them.
                if sessions == nil, frame.withUnsafeBytes({ Self.storedID(in: $0) }) != 0 {
                    readStoreAway(of: String(decoding: uid, as: UTF8.self), otherNodes(cluster))
                }
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
