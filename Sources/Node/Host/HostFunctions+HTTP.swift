import PluginHost

// hpush.http: other services.
extension HostFunctions {
    static let outside: [HostFunction<NodeLoop>] = [
        HostFunction("http", need: "http", waits: true) { call, node in
            let asked = try HTTPCall(call.argument(0), longest: Double(node.waitMilliseconds) / 1000)
            let answer = node.answer(to: call)
            let begun = node.shared.http.begin(asked.request, timeout: asked.timeout) { answer(.success(HTTPAnswer.values($0))) }
            return begun ? .wait : .values(HTTPAnswer.failure("busy"))
        }
    ]
}
