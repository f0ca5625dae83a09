import CPluginBridge
import Cluster
import Messaging
import PluginHost

// Messages to groups: encoded once, copied into the output of every member's sessions but the sending one, and sent once to each other node.
extension NodeLoop {
    func redirectToGroup(_ frame: UnsafeRawBufferPointer, _ name: String, _ call: UnsafePointer<hp_call>) -> RedirectAnswer {
        let sender = SessionHandle(rawValue: call.pointee.session)
        let message = tracking
        let known = shared.messages.groups.known(name)
        if let known, let places = GroupPlaces(of: known, in: cluster) {
            let reach = deliver(frame, to: known, of: name, places, from: sender, message)
            return .queued(sessions: reach.sessions, nodes: reach.nodes)
        }
        guard let state = caller(call) else { return .failed("redirect: the calling state is gone") }
        let reference = StateReference(state)
        let execution = call.pointee.execution
        let copy = Array(frame)
        let done: @Sendable (GroupDirectory.Members?) -> Void = { [self] members in
            GroupPlaces.find(of: members, in: cluster) { places in
                self.loop.execute {
                    let reach = copy.withUnsafeBytes { self.deliver($0, to: members, of: name, places, from: sender, message) }
                    self.wake(execution, of: reference.state, with: .success(reach.values))
                }
            }
        }
        if let known {
            done(known)
            return .wait
        }
        let isQueued = shared.messages.readers.submit { [self] in done((try? shared.messages.groups.find(name)) ?? nil) }
        return isQueued ? .wait : .queued(sessions: 0, nodes: 0)
    }

    /// A message that no session sent.
    func deliverFromOutside(_ frame: UnsafeRawBufferPointer, to members: GroupDirectory.Members, of name: String, _ places: GroupPlaces)
        -> Reach
    {
        deliver(frame, to: members, of: name, places, from: SessionHandle(rawValue: 0), nil)
    }

    /// - Returns: what it is queued for; nothing where the sender is no member.
    private func deliver(
        _ frame: UnsafeRawBufferPointer, to members: GroupDirectory.Members?, of name: String, _ places: GroupPlaces,
        from sender: SessionHandle, _ message: TrackedMessage?
    ) -> Reach {
        guard let members else { return Reach() }
        let session = slots.session(sender)
        if let session, !members.contains(session.uidBytes) { return Reach() }
        // One number for all, and nobody pauses for one of many.
        let frame = numbered(frame)
        var tracked = message
        if let message, Self.scan(frame).map({ Self.serverID(in: frame, $0) }) != message.serverID { tracked = nil }
        // What is stored is told by the store when it comes again.
        if tracked != nil, Self.storedID(in: frame) != 0 { tracked?.name = nil }
        var reach = deliverHere(frame, to: members, from: sender, session, tracked)
        deliverAway(frame, name, places, from: sender, tracked, &reach)
        if reach.sessions == 0, let tracked, tracked.origin.isLoop { tracker.sent(tracked.serverID, isQueued: false) }
        // Nobody can say where some of them are.
        if places.isIncomplete, Self.storedID(in: frame) != 0, let cluster {
            for node in otherNodes(cluster) { missed(node) }
        }
        return reach
    }

    private func deliverHere(
        _ frame: UnsafeRawBufferPointer, to members: GroupDirectory.Members, from sender: SessionHandle, _ session: Session?,
        _ tracked: TrackedMessage?
    ) -> Reach {
        let nobody = SessionHandle(rawValue: 0)
        var count: UInt32 = 0
        var handles: [SessionHandle] = []
        for user in members.users {
            user.withUnsafeBytes { user in
                let isOwn = session.map { Self.isSame($0.uidBytes, user) } ?? false
                let found = self.found
                shared.routes.sessions(of: user, into: found)
                // What is written may look for sessions here, too; one array serves all members.
                handles.removeAll(keepingCapacity: true)
                for place in 0..<found.count { handles.append(found.base[place].handle) }
                var message = isOwn ? nil : tracked
                if !handles.isEmpty, isTaken(&message, by: user) {
                    count &+= 1
                    return
                }
                for handle in handles where handle != sender {
                    let passage = Passage(sender: nobody, isSole: false, note: noting, message: message)
                    if sendAlong(frame, to: handle, passage) { count &+= 1 }
                }
            }
        }
        return Reach(sessions: count, nodes: count > 0 ? 1 : 0)
    }

    /// One record a node, with the names of the members there.
    private func deliverAway(
        _ frame: UnsafeRawBufferPointer, _ name: String, _ places: GroupPlaces, from sender: SessionHandle, _ message: TrackedMessage?,
        _ reach: inout Reach
    ) {
        let flags = message?.peerFlags ?? 0
        var name = name
        for (node, place) in places.nodes where cluster?.view.contains(node) == true {
            var isReached = false
            for users in place.users {
                let payload = users.payload(frame)
                let isQueued = name.withUTF8 { name in
                    payload.withUnsafeBytes { payload in
                        withKey(UnsafeRawBufferPointer(name), named: message?.name) { key, named in
                            forward(
                                PeerRecord(
                                    .deliverToMany, flags: flags | named, number: sender.rawValue, key: key, payload: payload),
                                to: node)
                        }
                    }
                }
                if let message { tracker.sent(message.serverID, isQueued: isQueued) }
                if isQueued { isReached = true }
            }
            guard isReached else { continue }
            statistics.messagesForwarded &+= 1
            reach.sessions &+= place.sessions
            reach.nodes &+= 1
        }
    }

    // MARK: From another node

    func deliverToMany(_ record: PeerRecord, _ node: NodeID) {
        var record = record
        let name = record.takeName()
        // Twice over the names: the frame, which says who sent it, stands behind them.
        guard let frame = PeerUsers.read(record.payload, { _ in }), let envelope = Self.scan(frame) else { return }
        let from = Self.part(envelope.from, of: frame)
        var message = message(in: frame, record.flags, node)
        message?.name = name
        var deliveries: [(handle: SessionHandle, message: TrackedMessage?)] = []
        // Devices that will report.
        var count = 0
        var gone: [[UInt8]] = []
        _ = PeerUsers.read(record.payload) { user in
            shared.routes.sessions(of: user, into: found)
            if found.count == 0 { return gone.append(Array(user)) }
            let handles = (0..<found.count).map { found.base[$0].handle }
            var message = Self.isSame(from, user) ? nil : message
            if isTaken(&message, by: user) { return count += 1 }
            if message != nil { count += handles.count }
            for handle in handles { deliveries.append((handle, message)) }
        }
        if let message { tell(node, count, of: message) }
        for (handle, message) in deliveries {
            let passage = Passage(sender: SessionHandle(rawValue: 0), isSole: false, message: message)
            if !sendAlong(frame, to: handle, passage), let message { tellNode(message.origin, message.serverID, .refused) }
        }
        // The sender's node is to ask anew where they are.
        for user in gone {
            user.withUnsafeBytes { refuse(PeerRecord(.deliver, key: $0, payload: frame), node, isGone: true) }
        }
    }
}
