import Messaging
import PluginHost
import Synchronization

// hpush.sessions, and what session objects can.
extension HostFunctions {
    static let sessions: [HostFunction<NodeLoop>] = [
        HostFunction("sessions.of_user", need: "sessions", waits: true) { call, node in
            let sessions = node.shared.routes.sessions(of: try call.text(0, "uid"))
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
        field("id") { session, _ in .text(session.id.description) },
        field("uid") { session, _ in .string(Array(session.uidBytes)) },
        field("device") { session, _ in .text(session.device) },
        field("platform") { session, _ in .integer(Int64(session.platform)) },
        field("remote") { session, _ in .text(session.remote) },
        field("node") { _, node in .text(node.shared.configuration.node.name) },
        field("since") { session, _ in .number(Double(session.since) / 1000) },
        HostFunction("session:send") { call, node in
            let handle = SessionHandle(rawValue: try call.session(0, "session"))
            let sent = try OutgoingMessage.withFrame(call.argument(1)) { frame in
                node.send(frame, to: handle, from: SessionHandle(rawValue: call.session), sole: false)
            }
            return .values([.bool(sent)])
        },
        HostFunction("session:notify") { call, node in
            let handle = SessionHandle(rawValue: try call.session(0, "session"))
            let frame = try Notice.frame(call.argument(1), node)
            return .values([.bool(frame.withUnsafeBytes { node.send($0, to: handle, from: SessionHandle(rawValue: 0), sole: false) })])
        },
        HostFunction("session:close") { call, node in
            let handle = SessionHandle(rawValue: try call.session(0, "session"))
            node.close(handle, .plugin, call.argument(1).text ?? "")
            return .none
        },
        HostFunction("session:get") { call, node in
            guard let session = node.shared.find(SessionHandle(rawValue: try call.session(0, "session"))) else { return .values([.nil]) }
            let value = SessionAttributes.value(try call.text(1, "key"), of: session)
            return .values([value.map(LuaValue.init) ?? .nil])
        },
        HostFunction("session:set") { call, node in
            guard let session = node.shared.find(SessionHandle(rawValue: try call.session(0, "session"))) else { return .none }
            let value = try SessionAttributes.Value(call.argument(2), "an attribute")
            if let problem = SessionAttributes.set(try call.text(1, "key"), to: value, of: session) { throw HostCallError(problem) }
            return .none
        },
    ]

    /// A field of session objects. One whose session has ended gives nil.
    private static func field(_ name: String, _ value: @escaping @Sendable (Session, NodeLoop) -> LuaValue) -> HostFunction<NodeLoop> {
        HostFunction("session." + name) { call, node in
            guard let session = node.shared.find(SessionHandle(rawValue: try call.session(0, "session"))) else { return .values([.nil]) }
            return .values([value(session, node)])
        }
    }
}
