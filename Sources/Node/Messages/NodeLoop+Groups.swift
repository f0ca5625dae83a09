import CPluginBridge
import Messaging
import PluginHost

// Messages to groups: encoded once, copied into the output of every member's sessions but the sending one.
extension NodeLoop {
    func redirectToGroup(_ frame: UnsafeRawBufferPointer, _ name: String, _ call: UnsafePointer<hp_call>) -> RedirectAnswer {
        let sender = SessionHandle(rawValue: call.pointee.session)
        let message = tracking
        if let known = shared.messages.groups.known(name) {
            let count = deliver(frame, to: known, from: sender, message)
            return .queued(sessions: count, nodes: count > 0 ? 1 : 0)
        }
        guard let state = caller(call) else { return .failed("redirect: the calling state is gone") }
        let reference = StateReference(state)
        let execution = call.pointee.execution
        let copy = Array(frame)
        let isQueued = shared.messages.readers.submit { [self] in
            let members = (try? shared.messages.groups.find(name)) ?? nil
            loop.execute {
                let count = copy.withUnsafeBytes { self.deliver($0, to: members, from: sender, message) }
                self.wake(execution, of: reference.state, with: .success([.integer(Int64(count)), .integer(count > 0 ? 1 : 0)]))
            }
        }
        return isQueued ? .wait : .queued(sessions: 0, nodes: 0)
    }

    /// A message that no session sent. - Returns: the sessions it is queued for.
    func deliverFromOutside(_ frame: UnsafeRawBufferPointer, to members: GroupDirectory.Members) -> UInt32 {
        deliver(frame, to: members, from: SessionHandle(rawValue: 0), nil)
    }

    /// - Returns: the sessions it is queued for; 0 where the sender is no member.
    private func deliver(
        _ frame: UnsafeRawBufferPointer, to members: GroupDirectory.Members?, from sender: SessionHandle, _ message: TrackedMessage?
    ) -> UInt32 {
        guard let members else { return 0 }
        let session = slots.session(sender)
        if let session, !members.contains(session.uidBytes) { return 0 }
        // One number for all, and nobody pauses for one of many.
        let frame = numbered(frame)
        var tracked = message
        if let message, Self.scan(frame).map({ Self.serverID(in: frame, $0) }) != message.serverID { tracked = nil }
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
                for handle in handles where handle != sender {
                    let passage = Passage(sender: nobody, isSole: false, note: noting, message: isOwn ? nil : tracked)
                    if sendAlong(frame, to: handle, passage) { count &+= 1 }
                }
            }
        }
        if count == 0, let tracked, tracked.origin.isLoop { tracker.sent(tracked.serverID, isQueued: false) }
        return count
    }
}
