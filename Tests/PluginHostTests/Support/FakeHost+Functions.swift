import Glibc
import PluginHost
import WireProtocol

// The host functions, named as the node names them.

extension FakeHost {
    static let functions: [HostFunction<FakeHost>] = sessionFunctions + deliveryFunctions + accountFunctions + basicFunctions

    private static let sessionFunctions: [HostFunction<FakeHost>] = [
        .init("sessions.of_user", need: "sessions", waits: true) { call, host in
            let uid = try call.text(0, "uid")
            return host.answer(call, [.list(host.sessions.filter { $0.uid == uid }.map { .session($0.handle) })])
        },
        .init("sessions.get", need: "sessions") { call, host in
            let id = try call.text(0, "id")
            return .values([host.sessions.first { $0.id == id }.map { .session($0.handle) } ?? .nil])
        },
        .init("sessions.local_count", need: "sessions") { _, host in .values([.integer(Int64(host.sessions.count))]) },
        field("id") { .text($0.id) },
        field("uid") { .text($0.uid) },
        field("device") { .text($0.device) },
        field("platform") { .integer($0.platform) },
        field("remote") { .text($0.remote) },
        field("node") { _ in .text("n1") },
        field("since") { .number($0.since) },
        .init("session:send") { call, host in
            let session = try host.session(call.session(0, "session"))
            switch call.argument(1) {
            case .message(let message):
                session.sent.append(try WireMessage(serializedBytes: Array(message.frame.dropFirst(8))))
            case .table, .list: session.sentTables.append(call.argument(1))
            default: throw HostCallError("msg is a message or a table, not a \(call.argument(1).kind)")
            }
            return .none
        },
        .init("session:notify") { call, host in
            try host.session(call.session(0, "session")).notified.append(call.argument(1))
            return .none
        },
        .init("session:close") { call, host in
            try host.session(call.session(0, "session")).closedFor = call.argument(1).text ?? ""
            return .none
        },
        .init("session:get") { call, host in
            .values([try host.session(call.session(0, "session")).attributes[call.text(1, "key")] ?? .nil])
        },
        .init("session:set") { call, host in
            try host.session(call.session(0, "session")).attributes[call.text(1, "key")] = call.argument(2)
            return .none
        },
        .init("ctx.remote") { call, host in .values([.text((try? host.session(call.session).remote) ?? "")]) },
        .init("ctx.transport") { _, _ in .values([.text("tcp")]) },
    ]

    private static func field(_ name: String, _ read: @escaping @Sendable (FakeSession) -> LuaValue) -> HostFunction<FakeHost> {
        .init("session.\(name)") { call, host in .values([read(try host.session(call.session(0, "session")))]) }
    }

    private static let deliveryFunctions: [HostFunction<FakeHost>] = [
        .init("notify", need: "notify", waits: true) { call, host in
            host.notices.append(Notice(uid: try call.text(0, "uid"), table: call.argument(1)))
            return .none
        },
        .init("broadcast", need: "notify", waits: true) { call, host in
            host.notices.append(Notice(uid: nil, table: call.argument(0)))
            return .none
        },
        .init("sleep", waits: true) { call, host in
            host.waits.append(Wait(execution: call.execution, due: host.now + (try call.number(0, "seconds")), values: []))
            return .wait
        },
    ]

    private static let accountFunctions: [HostFunction<FakeHost>] = [
        .init("store.user", need: "store", waits: true) { call, host in
            let uid = try call.text(0, "uid")
            return host.answer(call, [host.users[uid] == nil ? .nil : .fields(["id": .text(uid)])])
        },
        .init("store.verify", need: "store", waits: true) { call, host in
            let (uid, password) = (try call.text(0, "uid"), try call.text(1, "password"))
            return host.answer(call, [.bool(host.users[uid] == password)])
        },
        .init("store.save", need: "store", waits: true) { _, _ in .values([.nil, .text("unavailable")]) },
        .init("store.history", need: "store", waits: true) { _, _ in .values([.list([])]) },
        .init("store.group", need: "store", waits: true) { _, _ in .values([.nil]) },
        .init("store.member", need: "store", waits: true) { _, _ in .values([.nil]) },
        .init("store.expire", need: "store", waits: true) { _, _ in .values([.integer(0)]) },
        .init("store.contacts", need: "store", waits: true) { call, host in
            host.answer(call, [.list((host.contacts[try call.text(0, "uid")] ?? []).map { .text($0) })])
        },
        .init("token.verify", need: "token", waits: true) { call, host in
            .values([host.tokens[try call.text(0, "token")].map { .text($0) } ?? .nil])
        },
        .init("token.issue", need: "token", waits: true) { call, host in
            let token = "token-\(host.tokens.count)"
            host.tokens[token] = try call.text(0, "uid")
            return .values([.text(token)])
        },
        .init("crypto.sha256", need: "crypto") { call, _ in .values([.text("sha256:\(try call.bytes(0, "text").count)")]) },
        .init("crypto.hmac", need: "crypto") { call, _ in .values([.text("hmac:\(try call.bytes(1, "text").count)")]) },
        .init("crypto.constant_time_equal", need: "crypto") { call, _ in .values([.bool(call.argument(0) == call.argument(1))]) },
        .init("crypto.password_hash", need: "crypto", waits: true) { call, host in
            host.answer(call, [.text("hash:\(try call.text(0, "text"))")])
        },
        .init("crypto.password_verify", need: "crypto", waits: true) { call, host in
            host.answer(call, [.bool(try call.text(1, "hash") == "hash:\(try call.text(0, "text"))")])
        },
        .init("http", need: "http", waits: true) { call, host in
            host.waits.append(Wait(execution: call.execution, due: nil, values: [.nil, .text("timeout")]))
            return .wait
        },
        .init("redis", need: "redis", waits: true) { call, host in host.answer(call, [.nil, .text("disconnected")]) },
        .init("offload", need: "offload", waits: true) { call, host in
            guard let workers = call.state.offload else { throw HostCallError("plugin \(call.pluginName) has no offload functions") }
            let (answers, execution) = (host.answers, call.execution)
            return try workers.submit(call, done: { answers.put(execution, $0) }) ? .wait : .values([.nil, .text("busy")])
        },
        .init("cluster.self", need: "cluster") { _, _ in .values([.fields(["id": .integer(1), "name": .text("n1")])]) },
        .init("cluster.nodes", need: "cluster") { _, _ in .values([.list([.fields(["id": .integer(1), "name": .text("n1")])])]) },
    ]

    private static let basicFunctions: [HostFunction<FakeHost>] = [
        .init("id") { _, host in .values([.integer(Int64(host.logs.count) + 1)]) },
        .init("shared.get") { call, host in .values([host.shared[try call.text(0, "key")] ?? .nil]) },
        .init("shared.set") { call, host in
            host.shared[try call.text(0, "key")] = call.argument(1)
            return .none
        },
        .init("shared.incr") { call, host in
            let key = try call.text(0, "key")
            let sum = (host.shared[key]?.integer ?? 0) &+ (call.argument(1).integer ?? 1)
            host.shared[key] = .integer(sum)
            return .values([.integer(sum)])
        },
        .init("shared.add") { call, host in
            let key = try call.text(0, "key")
            guard host.shared[key] == nil else { return .values([.bool(false)]) }
            host.shared[key] = call.argument(1)
            return .values([.bool(true)])
        },
        .init("shared.delete") { call, host in
            host.shared[try call.text(0, "key")] = nil
            return .none
        },
        .init("metrics.add") { call, host in
            host.metrics[try call.text(0, "name"), default: 0] += call.argument(1).number ?? 1
            return .none
        },
        .init("metrics.set") { call, host in
            host.metrics[try call.text(0, "name")] = try call.number(1, "value")
            return .none
        },
        // For the tests of the border.
        .init("echo") { call, _ in .values(call.arguments) },
        .init("ask", waits: true) { call, host in
            host.waits.append(Wait(execution: call.execution, due: nil, values: call.arguments))
            return .wait
        },
        .init("block") { _, _ in
            usleep(200_000)
            return .none
        },
        .init("fail") { call, _ in throw HostCallError(try call.text(0, "reason")) },
    ]
}
