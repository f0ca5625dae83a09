import Messaging
import Node
import PluginHost

// What every plugin has: ids, sleep, shared values, metrics, and the fields of ctx that the host knows.
extension VirtualHost {
    static let basics: [HostFunction<VirtualLoop>] = [
        HostFunction("id") { call, loop in
            loop.outside(call) { [.integer(Int64(bitPattern: loop.node.ids.next(now: loop.node.clock.unixMilliseconds)))] }
        },
        HostFunction("sleep", waits: true) { call, loop in
            let seconds = try call.number(0, "seconds")
            guard seconds >= 0, seconds <= 86_400 else { throw HostCallError("seconds is 0 to 86400") }
            return loop.sleep(call, milliseconds: Int((seconds * 1000).rounded(.up)))
        },
        HostFunction("shared.get") { call, loop in
            let value = loop.node.dictionary.get(call.pluginName, try call.text(0, "key"), now: loop.node.clock.seconds)
            return .values([value.map(LuaValue.init) ?? .nil])
        },
        HostFunction("shared.set") { call, loop in
            let value = try SessionAttributes.Value(call.argument(1), "a shared value")
            try loop.node.dictionary.set(
                call.pluginName, try call.text(0, "key"), value, ttl: try ttl(call, 2), now: loop.node.clock.seconds)
            return .none
        },
        HostFunction("shared.add") { call, loop in
            guard let value = try SessionAttributes.Value(call.argument(1), "a shared value") else {
                throw HostCallError("a shared value is not nil")
            }
            let added = try loop.node.dictionary.add(
                call.pluginName, try call.text(0, "key"), value, ttl: try ttl(call, 2), now: loop.node.clock.seconds)
            return .values([.bool(added)])
        },
        HostFunction("shared.incr") { call, loop in
            let step = call.argument(1).isNil ? 1 : try call.number(1, "by")
            let sum = try loop.node.dictionary.increment(
                call.pluginName, try call.text(0, "key"), by: step, ttl: try ttl(call, 2), now: loop.node.clock.seconds)
            return .values([LuaValue(sum)])
        },
        HostFunction("shared.delete") { call, loop in
            .values([.bool(loop.node.dictionary.delete(call.pluginName, try call.text(0, "key")))])
        },
        HostFunction("metrics.add") { call, loop in
            let amount = call.argument(1).isNil ? 1 : try call.number(1, "amount")
            guard amount >= 0 else { throw HostCallError("a counter only grows; metrics.set sets a gauge") }
            return try metric(call) { loop.node.metrics.add($0, $1, amount) }
        },
        HostFunction("metrics.set") { call, loop in
            let value = try call.number(1, "value")
            return try metric(call) { loop.node.metrics.set($0, $1, value) }
        },
        HostFunction("ctx.remote") { call, loop in
            guard let session = session(of: call) else { return .values([.nil]) }
            if session.state != .loggingIn { return .values([.text(session.remote)]) }
            return .values([loop.connection(of: session).map { .text($0.remote) } ?? .nil])
        },
        HostFunction("ctx.transport") { call, _ in .values([session(of: call) == nil ? .nil : .text("tcp")]) },
    ]

    /// The session an execution runs for, also before it is open.
    private static func session(of call: HostCall) -> Session? {
        call.tag.map { Unmanaged<Session>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func ttl(_ call: HostCall, _ index: Int) throws -> Double? {
        if call.argument(index).isNil { return nil }
        let seconds = try call.number(index, "ttl")
        guard seconds > 0 else { throw HostCallError("ttl is a number of seconds above 0") }
        return seconds
    }

    private static func metric(_ call: HostCall, _ body: (String, String) -> Bool) throws -> HostAnswer {
        let name = try call.text(0, "name")
        guard PluginBundle.isName(name) else { throw HostCallError("a metric's name has letters, digits and _ only, and no digit first") }
        guard body(call.pluginName, name) else { throw HostCallError("not more than \(PluginMetrics.most) metrics") }
        return .none
    }
}
