import Messaging
import Node
import PluginHost

// hpush.sessions, and what session objects can.
extension VirtualHost {
    static let sessions: [HostFunction<VirtualLoop>] = [
        HostFunction("sessions.of_user", need: "sessions", waits: true) { call, loop in
            let sessions = loop.node.routes.sessions(of: try call.text(0, "uid"))
            return .values([.list(sessions.sorted(by: isOlder).map { .session($0.handle.rawValue) })])
        },
        HostFunction("sessions.get", need: "sessions") { call, loop in
            guard let session = loop.node.find(id: try call.text(0, "id")) else { return .values([.nil]) }
            return .values([.session(session.handle.rawValue)])
        },
        HostFunction("sessions.local_count", need: "sessions") { _, loop in .values([.integer(Int64(loop.node.sessionCount))]) },
    ]

    private static func isOlder(_ left: Session, _ right: Session) -> Bool {
        (left.since, left.handle.rawValue) < (right.since, right.handle.rawValue)
    }

    static let sessionObject: [HostFunction<VirtualLoop>] = [
        field("id") { session, loop in .text(loop.node.id(of: session)) },
        field("uid") { session, _ in .string(Array(session.uidBytes)) },
        field("device") { session, _ in .text(session.device) },
        field("platform") { session, _ in .integer(Int64(session.platform)) },
        field("remote") { session, _ in .text(session.remote) },
        field("node") { _, loop in .text(loop.node.setup.name) },
        field("since") { session, _ in .number(Double(session.since) / 1000) },
        HostFunction("session:send") { call, loop in
            let handle = SessionHandle(rawValue: try call.session(0, "session"))
            return .values([.bool(try OutgoingMessage.withFrame(call.argument(1)) { loop.send($0, to: handle) })])
        },
        HostFunction("session:notify") { call, loop in
            let handle = SessionHandle(rawValue: try call.session(0, "session"))
            let frame = try loop.notice(call.argument(1))
            return .values([.bool(frame.withUnsafeBytes { loop.send($0, to: handle) })])
        },
        HostFunction("session:close") { call, loop in
            loop.close(SessionHandle(rawValue: try call.session(0, "session")), call.argument(1).text ?? "")
            return .none
        },
        HostFunction("session:get") { call, loop in
            guard let session = loop.node.find(SessionHandle(rawValue: try call.session(0, "session"))) else { return .values([.nil]) }
            let value = SessionAttributes.value(try call.text(1, "key"), of: session)
            return .values([value.map(LuaValue.init) ?? .nil])
        },
        HostFunction("session:set") { call, loop in
            guard let session = loop.node.find(SessionHandle(rawValue: try call.session(0, "session"))) else { return .none }
            let value = try SessionAttributes.Value(call.argument(2), "an attribute")
            if let problem = SessionAttributes.set(try call.text(1, "key"), to: value, of: session) { throw HostCallError(problem) }
            return .none
        },
    ]

    /// A field of session objects. One whose session has ended gives nil.
    private static func field(
        _ name: String, _ value: @escaping @Sendable (Session, VirtualLoop) -> LuaValue
    ) -> HostFunction<VirtualLoop> {
        HostFunction("session." + name) { call, loop in
            guard let session = loop.node.find(SessionHandle(rawValue: try call.session(0, "session"))) else { return .values([.nil]) }
            return .values([value(session, loop)])
        }
    }
}
