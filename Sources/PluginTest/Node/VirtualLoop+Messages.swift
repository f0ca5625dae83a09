import CWire
import Messaging
import Node
import Storage
import WireProtocol

// Stored messages: what waits for a device, what it has got, pages of conversations.
extension VirtualLoop {
    /// Sends what waits for a device that has logged in.
    func sendWaiting(to session: Session) {
        guard !node.isReplay else { return }
        let user = session.uid
        let device = session.device
        _ = try? node.messages.commit([.register(user: user, device: device)])
        let page = try? node.messages.inbox(of: user, device: device, after: nil, limit: .max, bytes: .max)
        for message in page?.messages ?? [] {
            StoredFrame.frame(message).withUnsafeBytes { _ = send($0, to: session.handle) }
        }
    }

    /// A frame has been written to a session: without a network it has it now.
    func wrote(_ frame: UnsafeRawBufferPointer, to session: Session) {
        let serverID = StoredFrame.storedID(in: frame)
        guard serverID != 0, session.state == .open, !node.isReplay else { return }
        _ = try? node.messages.commit([.acknowledge(user: session.uid, device: session.device, serverIDs: [serverID])])
    }

    /// To every session of a group's members but the sending one. How many that are; 0 where the sender is no member.
    func route(_ frame: UnsafeRawBufferPointer, toGroup name: String, from sender: SessionHandle) -> UInt32 {
        guard let members = (try? node.messages.members(of: name)) ?? nil else { return 0 }
        if let session = node.find(sender), !members.contains(where: { $0.utf8.elementsEqual(session.uid.utf8) }) { return 0 }
        var queued: UInt32 = 0
        for user in members {
            for session in node.routes.sessions(of: user) where session.handle != sender && send(frame, to: session.handle) { queued += 1 }
        }
        return queued
    }

    func synchronised(_ request: WireSyncRequest, for user: String) -> WireSyncResponse? {
        let conversation = Conversation(of: user, with: request.conversation)
        if case .group(let name) = conversation {
            guard let members = (try? node.messages.members(of: name)) ?? nil, members.contains(user) else { return nil }
        }
        let limit = request.limit == 0 ? 100 : min(Int(request.limit), 1000)
        let page = try? node.messages.history(conversation, after: request.afterSeq, limit: limit, bytes: 1 << 19)
        return StoredFrame.response(page ?? HistoryPage(), after: request.afterSeq)
    }
}
