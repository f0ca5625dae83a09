import Foundation
import HPushConfiguration
import Messaging
import PluginHost

// What every plugin has on loops and on workers: ids, shared values, metrics. Any thread.
extension HostFunctions {
    static let anyThread: [AnyThreadFunction] = basicsOfAnyThread + digests + cluster

    private static let basicsOfAnyThread: [AnyThreadFunction] = [
        AnyThreadFunction("id") { _, node in
            if node.shared.configuration.ids.generator == .uuid { return .values([.text(UUID().uuidString.lowercased())]) }
            if let ids = node.shared.redisIDs {
                guard let id = ids.take() else { throw HostCallError("there is no id at hand: \(ids.problem)") }
                return .values([.integer(Int64(bitPattern: id))])
            }
            return .values([.integer(Int64(bitPattern: node.shared.ids.next(now: UInt64(Date().timeIntervalSince1970 * 1000))))])
        },
        AnyThreadFunction("shared.get") { call, node in
            let value = node.shared.dictionary.get(call.pluginName, try call.text(0, "key"), now: node.seconds)
            return .values([value.map(LuaValue.init) ?? .nil])
        },
        AnyThreadFunction("shared.set") { call, node in
            let value = try SessionAttributes.Value(call.argument(1), "a shared value")
            try node.shared.dictionary.set(
                call.pluginName, try call.text(0, "key"), value, ttl: try ttl(call, 2), now: node.seconds)
            return .none
        },
        AnyThreadFunction("shared.add") { call, node in
            guard let value = try SessionAttributes.Value(call.argument(1), "a shared value") else {
                throw HostCallError("a shared value is not nil")
            }
            let added = try node.shared.dictionary.add(
                call.pluginName, try call.text(0, "key"), value, ttl: try ttl(call, 2), now: node.seconds)
            return .values([.bool(added)])
        },
        AnyThreadFunction("shared.incr") { call, node in
            let step = call.argument(1).isNil ? 1 : try call.number(1, "by")
            let sum = try node.shared.dictionary.increment(
                call.pluginName, try call.text(0, "key"), by: step, ttl: try ttl(call, 2), now: node.seconds)
            return .values([LuaValue(sum)])
        },
        AnyThreadFunction("shared.delete") { call, node in
            .values([.bool(node.shared.dictionary.delete(call.pluginName, try call.text(0, "key")))])
        },
        AnyThreadFunction("metrics.add") { call, node in
            let amount = call.argument(1).isNil ? 1 : try call.number(1, "amount")
            guard amount >= 0 else { throw HostCallError("a counter only grows; metrics.set sets a gauge") }
            return try metric(call) { node.shared.pluginMetrics.add($0, $1, amount) }
        },
        AnyThreadFunction("metrics.set") { call, node in
            let value = try call.number(1, "value")
            return try metric(call) { node.shared.pluginMetrics.set($0, $1, value) }
        },
    ]

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
