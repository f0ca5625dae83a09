import Messaging
import PluginHost
import PluginRecording

/// What a candidate's scripts can call: reads as on the node, everything else without effect.
enum ShadowFunctions {
    static let all: [HostFunction<ShadowLoop>] = HostFunctions.all.map { live in
        let found = own[live.name] ?? (OutsideFunctions.contains(live.name) ? answered(live.name) : nil) ?? read(live)
        return HostFunction(live.name, need: live.need, waits: live.waits, run: found)
    }

    private typealias Run = @Sendable (_ call: HostCall, _ loop: ShadowLoop) throws -> HostAnswer

    /// What only looks at the node.
    private static func read(_ live: HostFunction<NodeLoop>) -> Run {
        guard ["session.", "ctx.", "crypto.", "sessions."].contains(where: { live.name.hasPrefix($0) }) else { return answered(live.name) }
        return { call, loop in try live.run(call, loop.node) }
    }

    /// What the rules in force were answered.
    private static func answered(_ name: String) -> Run {
        { _, loop in .values(loop.chain?.answer(name) ?? [.nil, .text("not asked by the rules in force")]) }
    }

    private static let own: [String: Run] = sessions.merging(sending) { first, _ in first }.merging(values) { first, _ in first }

    // MARK: Sessions

    private static let sessions: [String: Run] = [
        "sleep": { call, _ in
            let seconds = try call.number(0, "seconds")
            guard seconds >= 0, seconds <= 86_400 else { throw HostCallError("seconds is 0 to 86400") }
            return .none
        },
        "ctx.remote": { call, loop in
            guard let tag = call.tag, let note = loop.chain?.note else { return .values([.nil]) }
            let session = Unmanaged<Session>.fromOpaque(tag).takeUnretainedValue()
            // Of a login that was refused the connection is gone.
            let remote = session === note.session ? note.remote : session.remote
            return .values([remote.isEmpty ? .nil : .text(remote)])
        },
        "sessions.of_user": { call, loop in
            let sessions = loop.chain?.sessions(of: try call.text(0, "uid"), loop.node.shared) ?? []
            return .values([.list(sessions.map { .session($0.handle.rawValue) })])
        },
    ]

    // MARK: Sending

    private static let sending: [String: Run] = [
        "session:send": { call, loop in
            let handle = SessionHandle(rawValue: try call.session(0, "session"))
            return .values([.bool(try OutgoingMessage.withFrame(call.argument(1)) { loop.send($0, to: handle) })])
        },
        "session:notify": { call, loop in
            let handle = SessionHandle(rawValue: try call.session(0, "session"))
            let frame = try Notice.frame(call.argument(1), loop.node)
            return .values([.bool(frame.withUnsafeBytes { loop.send($0, to: handle) })])
        },
        "session:close": { call, loop in
            let handle = SessionHandle(rawValue: try call.session(0, "session"))
            if let session = loop.chain?.session(handle, loop.node.shared) { loop.chain?.closed(session, call.argument(1).text ?? "") }
            return .none
        },
        "notify": { call, loop in
            let user = try call.text(0, "uid")
            let frame = try Notice.frame(call.argument(1), loop.node)
            let sessions = loop.chain?.sessions(of: user, loop.node.shared) ?? []
            let reached = sessions.filter { session in frame.withUnsafeBytes { loop.send($0, to: session.handle) } }.count
            return .values([.integer(Int64(reached))])
        },
        "broadcast": { call, loop in
            _ = try Notice.frame(call.argument(0), loop.node)
            return .none
        },
    ]

    // MARK: Values

    private static let values: [String: Run] = [
        "metrics.add": { call, _ in try metric(call) },
        "metrics.set": { call, _ in try metric(call) },
        "shared.get": { call, loop in .values([loop.value(try shared(call), loop.node)]) },
        "shared.set": { call, loop in
            let key = try shared(call)
            let value = try SessionAttributes.Value(call.argument(1), "a shared value")
            loop.own[key] = value.map(LuaValue.init)
            return .none
        },
        "shared.add": { call, loop in
            let key = try shared(call)
            guard let value = try SessionAttributes.Value(call.argument(1), "a shared value") else {
                throw HostCallError("a shared value is not nil")
            }
            guard loop.value(key, loop.node).isNil else { return .values([.bool(false)]) }
            loop.own[key] = LuaValue(value)
            return .values([.bool(true)])
        },
        "shared.incr": { call, loop in
            let key = try shared(call)
            let step = call.argument(1).isNil ? 1 : try call.number(1, "by")
            let before = loop.value(key, loop.node)
            guard before.isNil || before.number != nil else {
                throw HostCallError("the value under '\(call.argument(0).text ?? "")' is no number")
            }
            let total = (before.number ?? 0) + step
            let sum: LuaValue = Int64(exactly: total).map { .integer($0) } ?? .number(total)
            loop.own[key] = sum
            return .values([sum])
        },
        "shared.delete": { call, loop in
            let key = try shared(call)
            let was = !loop.value(key, loop.node).isNil
            loop.own[key] = nil
            return .values([.bool(was)])
        },
        "session:get": { call, loop in .values([loop.value(try attribute(call), loop.node)]) },
        "session:set": { call, loop in
            let key = try attribute(call)
            let value = try SessionAttributes.Value(call.argument(2), "an attribute")
            loop.own[key] = value.map(LuaValue.init)
            return .none
        },
    ]

    private static func metric(_ call: HostCall) throws -> HostAnswer {
        guard PluginBundle.isName(try call.text(0, "name")) else {
            throw HostCallError("a metric's name has letters, digits and _ only, and no digit first")
        }
        return .none
    }

    private static func shared(_ call: HostCall) throws -> ChainNote.BeforeKey {
        .shared(plugin: call.pluginName, key: try call.text(0, "key"))
    }

    private static func attribute(_ call: HostCall) throws -> ChainNote.BeforeKey {
        .attribute(session: try call.session(0, "session"), key: try call.text(1, "key"))
    }
}

extension ShadowLoop {
    /// Values that only the candidate has.
    private static let mostOwn = 100_000

    /// What the rules in force had there before this message; where they have nothing, what the candidate wrote.
    func value(_ key: ChainNote.BeforeKey, _ node: NodeLoop) -> LuaValue {
        if own.count > Self.mostOwn { own = [:] }
        if let before = chain?.live.before[key], !before.isNil { return before }
        let hasBefore = chain?.live.before[key] != nil
        let live: LuaValue? =
            switch key {
            case .shared(let plugin, let name): node.shared.dictionary.get(plugin, name, now: node.seconds).map(LuaValue.init)
            case .attribute(let handle, let name):
                node.shared.find(SessionHandle(rawValue: handle)).flatMap { SessionAttributes.value(name, of: $0) }.map(LuaValue.init)
            }
        // What they wrote just now was not there when they began.
        if let live, !hasBefore { return live }
        return own[key] ?? .nil
    }
}
