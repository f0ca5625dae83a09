import CWire
import Foundation
import Messaging
import Synchronization
import WireProtocol

// Messages and notices from a company's own servers.
extension Node {
    public var mostMessageBytes: Int { shared.configuration.chat.maxFrameBytes }

    public func push(_ message: PushMessage) async throws(PushFailure) -> PushAnswer {
        guard case .user(let user) = message.recipient else {
            throw PushFailure(.noSuchGroup, "there is no such group")
        }
        let now = UInt64(Date().timeIntervalSince1970 * 1000)
        let id = shared.ids.next(now: now)
        let sessions = try await send(try frame(of: message, to: user, id: id, now: now), to: user)
        return PushAnswer(sessions: sessions, serverId: "\(id)")
    }

    public func notify(_ audience: NoticeAudience, json: String) async throws(PushFailure) -> NoticeAnswer {
        guard let frame = try? Notice.frame(json: json, shared) else { throw tooLarge }
        switch audience {
        case .user(let user): return NoticeAnswer(sessions: try await send(try checked(frame), to: user))
        case .everybody:
            let frame = try checked(frame)
            let sessions = shared.sessions.load(ordering: .relaxed)
            for owner in loops { owner.loop.execute { frame.withUnsafeBytes { owner.broadcastHere($0) } } }
            return NoticeAnswer(sessions: sessions)
        }
    }

    private func frame(of message: PushMessage, to user: String, id: UInt64, now: UInt64) throws(PushFailure) -> [UInt8] {
        var wire = WireMessage()
        wire.type = .messageRequest
        wire.messageRequest.msgID = message.messageID
        wire.messageRequest.from = message.from
        wire.messageRequest.to = user
        wire.messageRequest.time = message.time ?? now
        wire.messageRequest.msgType = message.messageType
        wire.messageRequest.content = message.content
        wire.messageRequest.url = message.url
        wire.messageRequest.property = message.property
        wire.messageRequest.fromNick = message.fromNick
        wire.messageRequest.json = message.json
        wire.messageRequest.serverID = id
        guard let frame = try? Frame.encode(wire) else { throw tooLarge }
        return try checked(frame)
    }

    private func checked(_ frame: [UInt8]) throws(PushFailure) -> [UInt8] {
        guard frame.count <= mostMessageBytes + Int(HP_FRAME_HEAD) else { throw tooLarge }
        return frame
    }

    private var tooLarge: PushFailure { PushFailure(.tooLarge, "a message has \(mostMessageBytes) bytes at most (chat.max_frame_bytes)") }

    /// Queues a frame for all sessions of a user, as hpush.redirect does. How many they are.
    private func send(_ frame: [UInt8], to user: String) async throws(PushFailure) -> Int {
        let hadSessions = !shared.routes.sessions(of: user).isEmpty
        let queued = await loops[0].ask { owner in
            var user = user
            return user.withUTF8 { uid in
                frame.withUnsafeBytes { owner.route($0, to: UnsafeRawBufferPointer(uid), from: SessionHandle(rawValue: 0)) }
            }
        }
        guard let queued else { throw PushFailure(.unavailable, "the node ends") }
        if queued > 0 { return Int(queued) }
        if hadSessions { throw PushFailure(.unavailable, "the user's sessions take no more at present") }
        guard shared.openDirectory.load(ordering: .relaxed) || shared.accounts.exists(name: user) else {
            throw PushFailure(.noSuchUser, "there is no such user")
        }
        throw PushFailure(.notReachable, "the user has no session")
    }
}
