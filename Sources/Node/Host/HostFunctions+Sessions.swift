import Cluster
import Messaging
import PluginHost
import Synchronization

// hpush.sessions, and what session objects can.
extension HostFunctions {
    static let sessions: [HostFunction<NodeLoop>] = [
        HostFunction("sessions.of_user", need: "sessions", waits: true) { call, node in
            let uid = try call.text(0, "uid")
            if let cluster = node.cluster { return sessions(of: uid, call, node, cluster) }
            let sessions = node.shared.routes.sessions(of: uid)
            return .values([
                .list(
                    sessions.sorted { ($0.since, $0.handle.rawValue) < ($1.since, $1.handle.rawValue) }.map {
                        .session($0.handle.rawValue)
                    })
            ])
        },
        HostFunction("sessions.get", need: "sessions") { call, node in
            guard let session = node.shared.find(id: try call.text(0, "id")) else { return .values([.nil]) }
            return .values([.session(session.handle.rawValue)])
        },
        HostFunction("sessions.local_count", need: "sessions") { _, node in
            .values([.integer(Int64(node.shared.sessions.load(ordering: .relaxed)))])
        },
    ]

    static let sessionObject: [HostFunction<NodeLoop>] = [
        field("id", away: { .text($0.id) }) { session, _ in .text(session.id.description) },
        field("uid", away: { .text($0.uid) }) { session, _ in .string(Array(session.uidBytes)) },
        field("device", away: { .text($0.device) }) { session, _ in .text(session.device) },
        field("platform", away: { .integer(Int64($0.platform)) }) { session, _ in .integer(Int64(session.platform)) },
        field("remote") { session, _ in .text(session.remote) },
        HostFunction("session.node") { call, node in
            let handle = try call.session(0, "session")
            if let away = node.remoteSessions[handle] { return .values([.text(node.cluster?.view[away.node]?.name ?? "\(away.node)")]) }
            guard node.shared.find(SessionHandle(rawValue: handle)) != nil else { return .values([.nil]) }
            return .values([.text(node.shared.configuration.node.name)])
        },
        field("since", away: { .number(Double($0.since) / 1000) }) { session, _ in .number(Double(session.since) / 1000) },
        HostFunction("session:send") { call, node in
            let handle = SessionHandle(rawValue: try call.session(0, "session"))
            let sent = try OutgoingMessage.withFrame(call.argument(1)) { frame in
                if let away = node.remoteSessions[handle.rawValue] {
                    return node.sendAway(frame, to: away, from: SessionHandle(rawValue: call.session))
                }
                return node.send(frame, to: handle, from: SessionHandle(rawValue: call.session), sole: false)
            }
            return .values([.bool(sent)])
        },
        HostFunction("session:notify") { call, node in
            let handle = SessionHandle(rawValue: try call.session(0, "session"))
            let frame = try Notice.frame(call.argument(1), node)
            let sent = frame.withUnsafeBytes { frame in
                if let away = node.remoteSessions[handle.rawValue] {
                    return node.sendAway(frame, to: away, from: SessionHandle(rawValue: 0))
                }
                return node.send(frame, to: handle, from: SessionHandle(rawValue: 0), sole: false)
            }
            return .values([.bool(sent)])
        },
        HostFunction("session:close") { call, node in
            let handle = SessionHandle(rawValue: try call.session(0, "session"))
            let text = call.argument(1).text ?? ""
            if let away = node.remoteSessions[handle.rawValue] { node.closeAway(away, text) } else { node.close(handle, .plugin, text) }
            return .none
        },
        HostFunction("session:get") { call, node in
            guard let session = node.shared.find(SessionHandle(rawValue: try call.session(0, "session"))) else { return .values([.nil]) }
            let value = SessionAttributes.value(try call.text(1, "key"), of: session)
            return .values([value.map(LuaValue.init) ?? .nil])
        },
        HostFunction("session:set") { call, node in
            if let away = node.remoteSessions[try call.session(0, "session")] {
                throw HostCallError("attributes are set where the session is, on node \(away.node)")
            }
            guard let session = node.shared.find(SessionHandle(rawValue: try call.session(0, "session"))) else { return .none }
            let value = try SessionAttributes.Value(call.argument(2), "an attribute")
            if let problem = SessionAttributes.set(try call.text(1, "key"), to: value, of: session) { throw HostCallError(problem) }
            return .none
        },
    ]

    private static func sessions(of uid: String, _ call: HostCall, _ node: NodeLoop, _ cluster: NodeCluster) -> HostAnswer {
        if let known = node.sessionsAnywhere(of: uid, cluster) { return .values([.list(known)]) }
        let answer = node.answer(to: call)
        node.findSessions(of: uid, cluster) { answer(.success([.list($0)])) }
        return .wait
    }

    /// A field of session objects. One whose session has ended gives nil.
    /// - Parameter away: the field of a session on another node; nil: it is not known here.
    private static func field(
        _ name: String, away: (@Sendable (RemoteSession) -> LuaValue)? = nil, _ value: @escaping @Sendable (Session, NodeLoop) -> LuaValue
    ) -> HostFunction<NodeLoop> {
        HostFunction("session." + name) { call, node in
            let handle = try call.session(0, "session")
            if let session = node.remoteSessions[handle] { return .values([away?(session) ?? .nil]) }
            guard let session = node.shared.find(SessionHandle(rawValue: handle)) else { return .values([.nil]) }
            return .values([value(session, node)])
        }
    }
}
