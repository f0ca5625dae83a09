import PluginHost
import Tokens

// hpush.token: the gate's tokens.
extension HostFunctions {
    static let tokens: [HostFunction<NodeLoop>] = [
        HostFunction("token.verify", need: "token", waits: true) { call, node in
            guard let token = call.argument(0).text, token.utf8.contains(UInt8(ascii: ".")) else { return .values([.nil]) }
            return node.inTask(call) { shared in [await shared.tokens.verify(token).map { .text($0) } ?? .nil] }
        },
        HostFunction("token.issue", need: "token", waits: true) { call, node in
            let uid = try call.text(0, "uid")
            let seconds = call.argument(1).isNil ? TokenKeys.lifetime : try call.number(1, "seconds")
            guard seconds >= 1, seconds <= 366 * 86_400 else { throw HostCallError("a token is good for 1 second to 366 days") }
            return node.inTask(call) { shared in [.text(try await shared.tokens.issue(uid, seconds: seconds))] }
        },
    ]
}
