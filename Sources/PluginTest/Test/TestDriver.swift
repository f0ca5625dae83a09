import CWire
import Foundation
import Messaging
import Node
import PluginHost
import WireProtocol

/// Does what a test asks of `t` and its clients, on a node of its own.
final class TestDriver {
    /// A client that logged in.
    final class Client {
        let uid: String
        let connection: VirtualConnection
        var lastSequence: UInt64 = 1
        var lastMessage: UInt64 = 0

        init(uid: String, _ connection: VirtualConnection) {
            self.uid = uid
            self.connection = connection
        }
    }

    let node: VirtualNode
    let plugin: String
    var timeChanged: (PluginTime) -> Void = { _ in }
    private(set) var clients: [Client] = []
    private var connections = 0
    var pipeline: [PluginLoader.Entry]

    /// - Parameter seconds: wall time the test may take.
    /// - Throws: `PluginFailure` when the plugins can't be loaded.
    init(_ setup: NodeSetup, plugin: String, seconds: Double) throws {
        self.plugin = plugin
        pipeline = setup.pipeline
        node = try VirtualNode(setup)
        let end = ContinuousClock.now + .seconds(seconds)
        node.checkpoint = { if ContinuousClock.now > end { throw TestTimeout(seconds: seconds) } }
    }

    func closeReason(_ handle: Int64) -> String? {
        guard handle >= 1, handle <= clients.count else { return nil }
        return clients[Int(handle) - 1].connection.closeReason
    }

    /// One call: its name, then its arguments. The results, without the leading true.
    /// - Throws: `TestFailure` for what the test did wrong, anything else ends the test.
    func perform(_ call: [LuaValue]) throws -> [LuaValue] {
        try node.checkpoint()
        guard let name = call.first?.text else { throw TestFailure("a call without a name") }
        let arguments = TestArguments(values: Array(call.dropFirst()))
        defer { timeChanged(node.clock.time) }
        switch name {
        case "login": return try login(arguments)
        case "advance":
            let seconds = try arguments.number(0, "seconds")
            guard seconds >= 0, seconds <= 10 * 366 * 86_400 else { throw TestFailure("seconds is 0 to ten years, not \(seconds)") }
            try node.advance(seconds)
            return []
        case "time":
            node.setUnix(try arguments.number(0, "the time"))
            return []
        case "user": return try user(arguments)
        case "group": return try group(arguments)
        case "logs": return [.list(node.logs.map(\.luaValue))]
        case "metric":
            let name = try arguments.text(0, "a metric's name")
            return [node.metrics.all.first { $0.key.plugin == plugin && $0.key.name == name }.map { .number($0.value) } ?? .nil]
        case "reload": return try reload(arguments)
        case "sessions": return [.integer(Int64(node.routes.sessions(of: try arguments.text(0, "uid")).count))]
        case "token":
            let seconds = arguments[1].isNil ? 3600 : try arguments.number(1, "seconds")
            return [.text(node.tokens.issue(try arguments.text(0, "uid"), seconds: seconds, now: node.clock.unix))]
        default: return try performOfClient(name, arguments)
        }
    }

    // MARK: Logging in

    private func login(_ arguments: TestArguments) throws -> [LuaValue] {
        let uid = try arguments.text(0, "uid")
        let options = try arguments.options(
            1, known: ["device", "platform", "token", "capabilities", "remote", "app_version"], of: "a login")
        connections += 1
        let remote = try options.text("remote") ?? "127.0.0.1"
        let connection = node.connect(
            remote: remote.hasPort ? remote : "\(remote):\(40_000 + connections)", loop: connections - 1)
        var message = WireMessage()
        message.type = .loginRequest
        message.sequence = 1
        message.loginRequest.uid = uid
        message.loginRequest.deviceID = try options.text("device") ?? "test"
        message.loginRequest.platform = UInt32(clamping: try options.integer("platform") ?? 0)
        message.loginRequest.token = try options.text("token") ?? ""
        message.loginRequest.appVersion = try options.text("app_version") ?? ""
        message.loginRequest.capabilities = UInt32(clamping: try options.integer("capabilities") ?? 0)
        connection.loop.receive(try Frame.encode(message), connection)
        try node.settle()
        let answered = { connection.contains(HP_LOGIN_RESPONSE) { $0.sequence == 1 } || !connection.isOpen }
        _ = try node.advance(atMost: patience, until: answered)
        guard let answer = connection.take(HP_LOGIN_RESPONSE, where: { $0.sequence == 1 }) else {
            throw TestFailure("the login of \(uid) was not answered")
        }
        guard answer["result"] == .bool(true), let session = connection.session else {
            guard arguments[2] == .bool(true) else { return [.nil, .fields(["code": answer["code"], "info": answer["info"]])] }
            throw TestFailure("the login of \(uid) was refused: code \(answer["code"].integer ?? 0), \(answer["info"].text ?? "")")
        }
        clients.append(Client(uid: session.uid, connection))
        return [.integer(Int64(clients.count)), .text(session.uid), .text(session.id.description)]
    }

    /// How long a client waits for an answer on the virtual clock. Seconds.
    var patience: Double { Double(node.setup.limits.waitMilliseconds) / 1000 + 1 }

    // MARK: Accounts and reload

    private func user(_ arguments: TestArguments) throws -> [LuaValue] {
        let name = try arguments.text(0, "name")
        let options = try arguments.options(1, known: ["password", "contacts"], of: "a user")
        do {
            try add(name, password: try options.text("password"))
            for contact in try options.texts("contacts") ?? [] {
                try add(contact, password: nil)
                try node.accounts.addContact(contact, of: name, mutual: false)
            }
        } catch let failure as TestFailure { throw failure } catch { throw TestFailure("\(error)") }
        return []
    }

    private func group(_ arguments: TestArguments) throws -> [LuaValue] {
        let name = try arguments.text(0, "name")
        guard let members = arguments[1].elements?.compactMap(\.text) else { throw TestFailure("a group's members are a list of uids") }
        do {
            if try node.messages.members(of: name) == nil { try node.messages.createGroup(name, members: []) }
            try node.messages.addMembers(members, to: name)
        } catch { throw TestFailure("\(error)") }
        return []
    }

    private func add(_ name: String, password: String?) throws {
        if !node.accounts.exists(name: name) {
            try node.accounts.add(name: name, password: password ?? UUID().uuidString)
        } else if let password {
            try node.accounts.setPassword(of: name, to: password)
        }
    }

    private func reload(_ arguments: TestArguments) throws -> [LuaValue] {
        let options = try arguments.options(0, known: ["config"], of: "a reload")
        if let config = options["config"] {
            guard config.entries != nil else { throw TestFailure("config is a table, not \(config.kindWithArticle)") }
            pipeline = pipeline.map { $0.name == plugin ? .init(name: $0.name, settings: config) : $0 }
        }
        do { try node.reload(pipeline) } catch let failure as PluginFailure { throw TestFailure("the reload failed: \(failure)") }
        return []
    }
}

extension NodeLogLine {
    fileprivate var luaValue: LuaValue { .fields(["level": .text("\(level)"), "plugin": .text(plugin), "text": .text(text)]) }
}

extension String {
    /// Whether an address ends with a port: "192.0.2.1:80", "[2001:db8::1]:80".
    fileprivate var hasPort: Bool { wholeMatch(of: /(\[.*\]|[^:]*):\d+/) != nil }
}
