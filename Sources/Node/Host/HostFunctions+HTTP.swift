import AsyncHTTPClient
import PluginHost

// hpush.http: other services.
extension HostFunctions {
    static let outside: [HostFunction<NodeLoop>] = [
        HostFunction("http", need: "http", waits: true) { call, node in
            let asked = try HTTPCall(call.argument(0), longest: Double(call.state.limits.waitMilliseconds) / 1000)
            let answer = node.answer(to: call)
            var request = asked.request
            // Who is asked can go on with the trace; what the rule set itself counts more.
            if let text = node.spanning?.traceparent, !request.headers.contains(name: NodeTracing.field) {
                request.headers.add(name: NodeTracing.field, value: text)
            }
            let begun = node.shared.http.begin(request, timeout: asked.timeout) { answer(.success(HTTPAnswer.values($0))) }
            return begun ? .wait : .values(HTTPAnswer.failure("busy"))
        }
    ]
}
