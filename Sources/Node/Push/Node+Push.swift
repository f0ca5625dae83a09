import CWire
import Foundation
import Messaging
import Storage
import Synchronization
import WireProtocol

// Messages and notices from a company's own servers.
extension Node {
    public var mostMessageBytes: Int { shared.configuration.chat.maxFrameBytes }

    public func push(_ message: PushMessage) async throws(PushFailure) -> PushAnswer {
        let now = UInt64(Date().timeIntervalSince1970 * 1000)
        let id = shared.ids.next(now: now)
        let frame = try frame(of: message, id: id, now: now)
        if let mostWaiting = generations.current?.mostWaiting {
            return try await store(message, frame, id: id, now: now, mostWaiting: mostWaiting)
        }
        let sessions =
            switch message.recipient {
            case .user(let user): try await send(frame, to: user)
            case .group(let name): try await send(frame, toGroup: name)
            }
        return PushAnswer(sessions: sessions, serverId: "\(id)")
    }

    public func notify(_ audience: NoticeAudience, json: String) async throws(PushFailure) -> NoticeAnswer {
        guard let frame = try? Notice.frame(json: json, shared) else { throw tooLarge }
        switch audience {
        case .user(let user):
            return NoticeAnswer(sessions: try await send(try checked(frame), to: user))
        case .everybody:
            let frame = try checked(frame)
            let sessions = shared.sessions.load(ordering: .relaxed)
            for owner in loops { owner.loop.execute { frame.withUnsafeBytes { owner.broadcastHere($0) } } }
            loops[0].loop.execute { [loop = loops[0]] in frame.withUnsafeBytes { loop.broadcastAway($0) } }
            // Of other nodes there are as many as they said last.
            return NoticeAnswer(sessions: shared.cluster == nil ? sessions : knownNodes.reduce(0) { $0 + Int($1.record.balance) })
        }
    }

    private func frame(of message: PushMessage, id: UInt64, now: UInt64) throws(PushFailure) -> [UInt8] {
        var wire = WireMessage()
        wire.type = .messageRequest
        wire.messageRequest.msgID = message.messageID
        wire.messageRequest.from = message.from
        switch message.recipient {
        case .user(let user): wire.messageRequest.to = user
        case .group(let name): wire.messageRequest.group = name
        }
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

    func checkIsUser(_ name: String) throws(PushFailure) {
        guard shared.openDirectory.load(ordering: .relaxed) || shared.accounts.exists(name: name) else {
            throw PushFailure(.noSuchUser, "there is no such user")
        }
    }

    /// Queues a frame for all sessions of a user, as hpush.redirect does. How many they are.
    private func send(_ frame: [UInt8], to user: String) async throws(PushFailure) -> Int {
        let hadSessions = !shared.routes.sessions(of: user).isEmpty
        guard let queued = await route(frame, to: user) else { throw PushFailure(.unavailable, "the node ends") }
        if queued > 0 { return queued }
        if hadSessions { throw PushFailure(.unavailable, "the user's sessions take no more at present") }
        try checkIsUser(user)
        throw PushFailure(.notReachable, "the user has no session")
    }

    /// Sessions it is queued for; nil when the node ends.
    func route(_ frame: [UInt8], to user: String) async -> Int? {
        let sender = SessionHandle(rawValue: 0)
        return await loops[0].answer { owner, done in
            var user = user
            user.withUTF8 { uid in
                let uid = UnsafeRawBufferPointer(uid)
                frame.withUnsafeBytes { bytes in
                    guard let cluster = owner.cluster else { return done(Int(owner.route(bytes, to: uid, from: sender))) }
                    if let reach = owner.routeAnywhere(bytes, to: uid, from: sender, cluster) { return done(Int(reach.sessions)) }
                    owner.routeLater(frame, to: Array(uid), from: sender, cluster) { done(Int($0.sessions)) }
                }
            }
        }
    }

    private func send(_ frame: [UInt8], toGroup name: String) async throws(PushFailure) -> Int {
        guard let queued = try await route(frame, toGroup: name) else { throw PushFailure(.noSuchGroup, "there is no such group") }
        guard queued > 0 else { throw PushFailure(.notReachable, "nobody of the group has a session") }
        return queued
    }

    /// Sessions of members it is queued for; nil: there is no such group.
    func route(_ frame: [UInt8], toGroup name: String) async throws(PushFailure) -> Int? {
        let groups = shared.messages.groups
        let members: GroupDirectory.Members?
        do { members = try await shared.messages.readers.run { try groups.find(name) } } catch {
            throw PushFailure(.unavailable, "groups cannot be looked up now")
        }
        guard let members else { return nil }
        let queued: Int? = await loops[0].answer { owner, done in
            GroupPlaces.find(of: members, in: owner.cluster) { places in
                owner.loop.execute {
                    done(Int(frame.withUnsafeBytes { owner.deliverFromOutside($0, to: members, of: name, places) }.sessions))
                }
            }
        }
        guard let queued else { throw PushFailure(.unavailable, "the node ends") }
        return queued
    }
}
