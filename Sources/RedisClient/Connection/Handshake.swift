/// What is said on a new connection before commands: HELLO with the fallback for old servers, user, name, database, and what else its role
/// needs. Pure: answers in, commands out.
struct Handshake {
    enum Role: Sendable {
        /// Commands.
        case data
        /// Nothing but subscriptions.
        case subscriber
        /// Questions to a sentinel.
        case sentinel
    }

    struct Settings: Sendable {
        var role = Role.data
        var user: String?
        var password: String?
        var database = 0
        var clientName: String?
        var protocolVersion = 3
        var tracking: RedisTracking?
        var scripts: [RedisScript] = []
        /// A server that says it is a replica is refused.
        var mustBeMaster = false
    }

    enum Action: Equatable {
        case send([RedisCommand])
        case wait
        /// Done. Whether the server watches what is read (RESP3 only).
        case ready(RedisServer, isTracking: Bool)
        case failed(RedisError)
    }

    private enum Step {
        case hello
        case authenticate
        case optional
        case select
        case info
        case role
        case clientID
        case ping
        case track
    }

    private let settings: Settings
    private var steps: [Step] = []
    private var server: RedisServer
    private var isTracking = false

    init(_ settings: Settings, address: RedisAddress) {
        self.settings = settings
        server = RedisServer(
            address: address, version: "", protocolVersion: 2, mode: "", role: "", runID: nil, clientID: nil, change: .first)
    }

    mutating func begin() -> [RedisCommand] {
        guard settings.protocolVersion >= 3 else { return rest() }
        var hello = RedisCommand("HELLO", "3")
        if let password = settings.password {
            hello.add("AUTH")
            hello.add(settings.user ?? "default")
            hello.add(password)
        }
        if let name = settings.clientName {
            hello.add("SETNAME")
            hello.add(name)
        }
        steps = [.hello]
        return [hello]
    }

    mutating func received(_ reply: RESPValue) -> Action {
        guard !steps.isEmpty else { return .failed(RedisError(.malformed, "\(server.address) answers what nobody asked")) }
        let step = steps.removeFirst()
        if case .error(let text) = reply {
            if step == .hello, Self.isOld(text) { return .send(rest()) }
            if let failure = failure(step, text) { return .failed(failure) }
        } else if let failure = take(step, reply) {
            return .failed(failure)
        }
        if step == .hello { return .send(rest()) }
        return steps.isEmpty ? .ready(server, isTracking: isTracking) : .wait
    }

    /// Errors of servers, or of proxies before them, that do not know HELLO.
    private static func isOld(_ text: String) -> Bool {
        text.hasPrefix("NOPROTO") || text.hasPrefix("ERR unknown") || text.hasPrefix("ERR Protocol")
    }

    private func failure(_ step: Step, _ text: String) -> RedisError? {
        let code = text.prefix { $0 != " " }
        switch code {
        case "LOADING", "MASTERDOWN", "BUSY": return RedisError(.disconnected, "\(server.address) is not ready: \(text)")
        case "NOAUTH", "WRONGPASS": return RedisError(.refused, "\(server.address): \(text)")
        default: break
        }
        switch step {
        case .hello, .authenticate, .select: return RedisError(.refused, "\(server.address): \(text)")
        case .optional, .info, .role, .clientID, .ping, .track: return nil
        }
    }

    private mutating func take(_ step: Step, _ reply: RESPValue) -> RedisError? {
        switch step {
        case .hello:
            guard reply.pairs != nil else { return RedisError(.malformed, "\(server.address) answers HELLO with something else") }
            server.protocolVersion = reply["proto"]?.int ?? 3
            server.version = reply["version"]?.text ?? ""
            server.mode = reply["mode"]?.text ?? ""
            server.role = reply["role"]?.text ?? ""
            server.clientID = reply["id"]?.int
        case .info: takeInfo(reply.text ?? "")
        case .role:
            let role = reply.array?.first?.text ?? ""
            if settings.mustBeMaster, role != "master" {
                return RedisError(.disconnected, "\(server.address) is no master but says '\(role)'")
            }
        case .clientID: server.clientID = reply.int
        case .track: isTracking = true
        case .authenticate, .optional, .select, .ping: break
        }
        return nil
    }

    private mutating func takeInfo(_ text: String) {
        for line in text.split(whereSeparator: { $0 == "\r\n" || $0 == "\n" }) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = String(line[line.index(after: colon)...])
            switch line[..<colon] {
            case "run_id": server.runID = value
            case "redis_version" where server.version.isEmpty: server.version = value
            case "redis_mode" where server.mode.isEmpty: server.mode = value
            default: break
            }
        }
    }

    /// What follows when the protocol is settled, all at once.
    private mutating func rest() -> [RedisCommand] {
        var commands: [RedisCommand] = []
        func add(_ step: Step, _ command: RedisCommand) {
            steps.append(step)
            commands.append(command)
        }
        if server.protocolVersion < 3 {
            if let password = settings.password {
                add(.authenticate, settings.user.map { RedisCommand("AUTH", $0, password) } ?? RedisCommand("AUTH", password))
            }
            if let name = settings.clientName { add(.optional, RedisCommand("CLIENT", "SETNAME", name)) }
            if settings.role != .sentinel { add(.clientID, RedisCommand("CLIENT", "ID")) }
        }
        if settings.role == .data {
            if settings.database != 0 { add(.select, RedisCommand("SELECT", settings.database)) }
            add(.info, RedisCommand("INFO", "server"))
            if settings.mustBeMaster { add(.role, RedisCommand("ROLE")) }
            for script in settings.scripts { add(.optional, RedisCommand("SCRIPT", "LOAD", script.source)) }
            if let tracking = settings.tracking, server.protocolVersion >= 3 { add(.track, tracking.command(redirect: nil)) }
        }
        // A server that still reads its data from disk answers this with an error.
        add(.ping, RedisCommand("PING"))
        return commands
    }
}

extension RedisTracking {
    /// - Parameter redirect: the connection that is told, where this one cannot be (RESP2).
    func command(redirect: Int?) -> RedisCommand {
        var command = RedisCommand("CLIENT", "TRACKING", "ON")
        if let redirect {
            command.add("REDIRECT")
            command.add(Int64(redirect))
        }
        if case .broadcast(let prefixes) = mode {
            command.add("BCAST")
            for prefix in prefixes {
                command.add("PREFIX")
                command.add(prefix)
            }
        }
        if noLoop { command.add("NOLOOP") }
        return command
    }
}
