import CWire
import Dispatch
import Foundation
import Messaging
import PluginHost
import Reactor
import Storage
import WireProtocol

// Storing messages: what hpush.store.save does.
extension NodeLoop {
    /// Stores a message; its handler goes on when it is on the disk.
    /// - Parameter mostWaiting: the bound of its recipient's inbox.
    func save(_ message: MessageReference, mostWaiting: Int, _ call: HostCall) -> HostAnswer {
        let frame = message.frame
        guard let envelope = Self.scan(frame), envelope.type == HP_MESSAGE_REQUEST.rawValue, let body = StoredFrame.body(of: frame) else {
            return .values([.nil, .text("not a message")])
        }
        // With the two numbers it gets it must still be a frame that clients take; stored, it could not be refused any more.
        guard fits(frame, adding: 2 * Self.numberBytes) else { return .values([.nil, .text("too large")]) }
        let session = slots.session(SessionHandle(rawValue: call.session))
        let group = message.string("group")
        let name = group.isEmpty ? message.string("to") : group
        // No user and no group has such a name; a database would take it for the part before the zero byte.
        guard !name.utf8.contains(0) else { return .values([.nil, .text("no such group")]) }
        let known = Self.serverID(in: frame, envelope)
        let serverID = known == 0 ? shared.newServerID() : known
        let draft = MessageDraft(
            sender: message.string("from"), device: session?.device ?? "",
            recipient: group.isEmpty ? .user(name) : .group(name),
            messageID: session?.wantsReceipts == true ? envelope.msg_id : 0, serverID: serverID,
            time: UInt64(Date().timeIntervalSince1970 * 1000), body: body, mostWaiting: mostWaiting)
        let isTracked = known != 0 && tracking?.serverID == known
        let key = waitKey(call.execution, call.state)
        let state = StateReference(call.state)
        let execution = call.execution
        shared.messages.use()
        let isQueued = shared.messages.writer.submit(.save(draft)) { [self] result in
            loop.execute { self.saved(result, draft, isTracked, key, execution, state) }
        }
        guard isQueued else { return .values([.nil, .text("busy")]) }
        if isTracked { tracker.stores(serverID) }
        storeWaits.insert(key)
        return .wait
    }

    private func saved(
        _ result: Result<StoreOutcome, any Error>, _ draft: MessageDraft, _ isTracked: Bool, _ key: UInt64, _ execution: UInt64,
        _ state: StateReference
    ) {
        let (values, receipt) = Self.answer(result)
        if case .success(.saved(let serverID, _, let isDuplicate)) = result {
            if isTracked { stored(draft.serverID, .success, as: serverID) }
            // Nobody may redirect it any more: a resend, or its handler is gone.
            if isDuplicate || waits[key] == nil { readStoreLater(draft.recipient) }
        } else if isTracked {
            stored(draft.serverID, receipt)
        }
        wake(execution, of: state.state, with: .success(values))
    }

    /// What the script gets, and what the sender would be told.
    private static func answer(_ result: Result<StoreOutcome, any Error>) -> ([LuaValue], Receipt) {
        func refused(_ reason: String, _ code: ResultCode = .unavailable) -> ([LuaValue], Receipt) {
            ([.nil, .text(reason)], Receipt(code, reason))
        }
        switch result {
        case .success(.saved(let serverID, let sequence, let isDuplicate)): return (values(serverID, sequence, isDuplicate), .success)
        case .success(.inboxFull): return refused("full")
        case .success(.tooLarge): return refused("too large", .tooLarge)
        case .success(.noSuchGroup): return refused("no such group", .noSuchRecipient)
        case .success(.notMember): return refused("not a member", .rejected)
        case .success: return refused("unavailable")
        case .failure: return refused("unavailable")
        }
    }

    package static func values(_ serverID: UInt64, _ sequence: UInt64, _ isDuplicate: Bool) -> [LuaValue] {
        [
            .fields([
                "server_id": .integer(Int64(bitPattern: serverID)), "conversation_seq": .integer(Int64(bitPattern: sequence)),
                "duplicate": .bool(isDuplicate),
            ])
        ]
    }

    /// Sessions of the recipient look into the store themselves, wherever they are.
    func readStoreLater(_ recipient: MessageDraft.Recipient) {
        switch recipient {
        case .user(let user): readStoreAnywhere(of: user)
        case .group(let name):
            if let known = shared.messages.groups.known(name) { return readStoreAnywhere(of: known) }
            _ = shared.messages.readers.submit { [self] in
                guard let members = try? shared.messages.groups.find(name) else { return }
                loop.execute { self.readStoreAnywhere(of: members) }
            }
        }
    }

    private func readStoreAnywhere(of members: GroupDirectory.Members?) {
        for user in members?.users ?? [] { readStoreAnywhere(of: String(decoding: user, as: UTF8.self)) }
    }
}
