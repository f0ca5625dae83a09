import PluginHost

// hpush.redis: what all nodes share.
extension HostFunctions {
    static let redis: [HostFunction<NodeLoop>] = [
        HostFunction("redis", need: "redis", waits: true) { call, node in
            let command = try RedisCall.command(call)
            let answer = node.answer(to: call)
            node.shared.redis.send(command, milliseconds: min(Int(call.state.limits.waitMilliseconds), 5000)) {
                answer(.success(RedisCall.values($0)))
            }
            return .wait
        }
    ]
}
