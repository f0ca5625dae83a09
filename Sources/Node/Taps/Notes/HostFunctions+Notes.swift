import Messaging
import PluginHost
import PluginRecording

// What functions give and change is noted for the chains of which notes are taken.
extension HostFunctions {
    static func noted(_ functions: [HostFunction<NodeLoop>]) -> [HostFunction<NodeLoop>] {
        functions.map { function in
            if OutsideFunctions.contains(function.name) { return answering(function) }
            if ["shared.set", "shared.add", "shared.incr", "shared.delete"].contains(function.name) { return changingShared(function) }
            return function.name == "session:set" ? changingAttribute(function) : function
        }
    }

    private static func answering(_ function: HostFunction<NodeLoop>) -> HostFunction<NodeLoop> {
        HostFunction(function.name, need: function.need, waits: function.waits) { call, node in
            let answer = try function.run(call, node)
            if node.isObserved { node.noteAnswer(function.name, answer) }
            return answer
        }
    }

    private static func changingShared(_ function: HostFunction<NodeLoop>) -> HostFunction<NodeLoop> {
        HostFunction(function.name, need: function.need) { call, node in
            if node.isObserved, let key = call.argument(0).text {
                node.noteBefore(.shared(plugin: call.pluginName, key: key)) {
                    node.shared.dictionary.get(call.pluginName, key, now: node.seconds).map(LuaValue.init) ?? .nil
                }
            }
            return try function.run(call, node)
        }
    }

    private static func changingAttribute(_ function: HostFunction<NodeLoop>) -> HostFunction<NodeLoop> {
        HostFunction(function.name, need: function.need) { call, node in
            if node.isObserved, case .session(let handle) = call.argument(0), let key = call.argument(1).text,
                let session = node.shared.find(SessionHandle(rawValue: handle))
            {
                node.noteBefore(.attribute(session: handle, key: key)) {
                    SessionAttributes.value(key, of: session).map(LuaValue.init) ?? .nil
                }
            }
            return try function.run(call, node)
        }
    }
}
