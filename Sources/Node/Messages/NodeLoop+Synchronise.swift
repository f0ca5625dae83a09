import CPluginBridge
import CWire
import Messaging
import Reactor
import Storage
import WireProtocol

// SYNC_REQUEST: pages of a conversation, for those who take part in it.
extension NodeLoop {
    /// Messages in a page at most, and when the client names no number.
    private static let mostSynchronised = 1000
    private static let synchronised = 100

    func synchronise(_ request: WaitingRun.Request, _ frame: hp_bytes, _ session: Session, _ connection: Connection) {
        let body = UnsafeRawBufferPointer(start: frame.data, count: frame.length).dropFirst(Int(HP_FRAME_HEAD))
        guard let wanted = try? WireMessage(serializedBytes: Array(body)).syncRequest else {
            return fail(request, .unknownError, "an undecodable request", connection)
        }
        let limit = wanted.limit == 0 ? Self.synchronised : min(Int(wanted.limit), Self.mostSynchronised)
        let user = session.uid
        let conversation = Conversation(of: user, with: wanted.conversation)
        let messages = shared.messages
        let handle = session.handle
        // The frame around it must stay within what clients take.
        let bytes = min(Int(maximumBody) / 2, 1 << 20)
        let isQueued = messages.readers.submit { [self] in
            let page = Result { () throws -> HistoryPage? in
                if case .group(let name) = conversation, try messages.groups.find(name)?.set.contains(Array(user.utf8)) != true {
                    return nil
                }
                return try messages.store.history(conversation, after: wanted.afterSeq, limit: limit, bytes: bytes)
            }
            loop.execute { self.synchronised(request, page, after: wanted.afterSeq, handle) }
        }
        if !isQueued { fail(request, .unavailable, "too much waits for the store", connection) }
    }

    private func synchronised(
        _ request: WaitingRun.Request, _ result: Result<HistoryPage?, any Error>, after sequence: UInt64, _ handle: SessionHandle
    ) {
        guard let session = slots.session(handle), let connection = connection(of: session), connection.isOpen else { return }
        guard case .success(let page) = result else { return fail(request, .unavailable, "the store is not available", connection) }
        guard let page else { return fail(request, .rejected, "not a member of the group", connection) }
        var response = WireMessage()
        response.type = .syncResponse
        response.sequence = request.sequence
        response.syncResponse = StoredFrame.response(page, after: sequence)
        respond(response, connection)
    }
}
