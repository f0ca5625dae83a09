import Foundation
import HPushConfiguration
import Messaging
import PluginHost
import Reactor

// What every plugin has: ids, sleep, shared values, metrics, and the fields of ctx that the host knows.
extension HostFunctions {
    static let basics: [HostFunction<NodeLoop>] = [
        HostFunction("id") { _, node in
            if node.shared.configuration.ids.generator == .uuid { return .values([.text(UUID().uuidString.lowercased())]) }
            return .values([.integer(Int64(bitPattern: node.shared.ids.next(now: UInt64(Date().timeIntervalSince1970 * 1000))))])
        },
        HostFunction("sleep", waits: true) { call, node in
            let seconds = try call.number(0, "seconds")
            guard seconds >= 0, seconds <= 86_400 else { throw HostCallError("seconds is 0 to 86400") }
            let wake = SleepEnd(node, call.execution, call.state)
            _ = node.loop.scheduleTimer(afterMilliseconds: Int((seconds * 1000).rounded(.up)), wake)
            return .wait
        },
        HostFunction("shared.get") { call, node in
            let value = node.shared.dictionary.get(call.pluginName, try call.text(0, "key"), now: node.seconds)
            return .values([value.map(LuaValue.init) ?? .nil])
        },
        HostFunction("shared.set") { call, node in
            let value = try SessionAttributes.Value(call.argument(1), "a shared value")
            try node.shared.dictionary.set(
                call.pluginName, try call.text(0, "key"), value, ttl: try ttl(call, 2), now: node.seconds)
            return .none
        },
        HostFunction("shared.add") { call, node in
            guard let value = try SessionAttributes.Value(call.argument(1), "a shared value") else {
                throw HostCallError("a shared value is not nil")
            }
            let added = try node.shared.dictionary.add(
                call.pluginName, try call.text(0, "key"), value, ttl: try ttl(call, 2), now: node.seconds)
            return .values([.bool(added)])
        },
        HostFunction("shared.incr") { call, node in
            let step = call.argument(1).isNil ? 1 : try call.number(1, "by")
            let sum = try node.shared.dictionary.increment(
                call.pluginName, try call.text(0, "key"), by: step, ttl: try ttl(call, 2), now: node.seconds)
            return .values([LuaValue(sum)])
        },
        HostFunction("shared.delete") { call, node in
            .values([.bool(node.shared.dictionary.delete(call.pluginName, try call.text(0, "key")))])
        },
        HostFunction("metrics.add") { call, node in
            let amount = call.argument(1).isNil ? 1 : try call.number(1, "amount")
            guard amount >= 0 else { throw HostCallError("a counter only grows; metrics.set sets a gauge") }
            return try metric(call, node) { node.shared.pluginMetrics.add($0, $1, amount) }
        },
        HostFunction("metrics.set") { call, node in
            let value = try call.number(1, "value")
            return try metric(call, node) { node.shared.pluginMetrics.set($0, $1, value) }
        },
        HostFunction("ctx.remote") { call, node in
            guard let session = session(of: call) else { return .values([.nil]) }
            if session.state == .open { return .values([.text(session.remote)]) }
            guard let remote = node.connection(of: session)?.remoteAddress else { return .values([.nil]) }
            return .values([.text(remote.host.contains(":") ? "[\(remote.host)]:\(remote.port)" : "\(remote.host):\(remote.port)")])
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

    private static func metric(_ call: HostCall, _ node: NodeLoop, _ body: (String, String) -> Bool) throws -> HostAnswer {
        let name = try call.text(0, "name")
        guard PluginBundle.isName(name) else { throw HostCallError("a metric's name has letters, digits and _ only, and no digit first") }
        guard body(call.pluginName, name) else { throw HostCallError("not more than \(PluginMetrics.most) metrics") }
        return .none
    }
}

extension NodeLoop {
    /// Monotonic seconds: of this tick, or of now where `init` runs before the loop has the state.
    var seconds: Double { Double(loop.inLoop ? loop.now : DispatchTime.now().uptimeNanoseconds) / 1e9 }
}

/// The end of one hpush.sleep.
final class SleepEnd: TimerTarget {
    private unowned let owner: NodeLoop
    private let execution: UInt64
    private let state: PluginState

    init(_ owner: NodeLoop, _ execution: UInt64, _ state: PluginState) {
        self.owner = owner
        self.execution = execution
        self.state = state
    }

    func timerFired(tag: UInt32, loop: EventLoop) { owner.resume(execution, of: state, with: .success([])) }
}
