import CPluginBridge
import PluginHost

/// What a test file's Lua state can call: `hpush.harness`.
final class TestServices: PluginServices {
    /// A call that waits for its answer.
    struct Call {
        var execution: UInt64
        var arguments: [LuaValue]
    }

    var definitions: [(name: String, place: String, options: LuaValue)] = []
    var pending: Call?
    /// Of hpush.http, while t:http's function runs.
    var request = LuaValue.nil
    var answer: [LuaValue] = []
    /// Says why a client's connection closed; nil while it is open.
    var closeReason: (Int64) -> String? = { _ in nil }
    /// Lines of `print` and `hpush.log`.
    var printed: (String) -> Void = { _ in }
    /// While a call is served, the test file can't make another.
    var isServing = false

    func redirect(_ message: MessageReference, to uid: UnsafeRawBufferPointer?, call: UnsafePointer<hp_call>) -> RedirectAnswer {
        .failed("a test sends with client:send")
    }

    func log(plugin: Int, of state: PluginState, level: PluginLogLevel, text: String) { printed(text) }

    static let functions: [HostFunction<TestServices>] = [
        HostFunction("harness.define") { call, services in
            services.definitions.append((try call.text(1, "name"), try call.text(2, "place"), call.argument(3)))
            return .none
        },
        HostFunction("harness.call", waits: true) { call, services in
            guard !services.isServing else { return .values([.bool(false), .text("t:http's function can't use t or clients")]) }
            services.pending = Call(execution: call.execution, arguments: call.arguments)
            return .wait
        },
        HostFunction("harness.closed") { call, services in
            .values([services.closeReason(call.argument(0).integer ?? 0).map { .text($0) } ?? .nil])
        },
        HostFunction("harness.request") { _, services in .values([services.request]) },
        HostFunction("harness.answer") { call, services in
            services.answer = call.arguments
            return .none
        },
        HostFunction("harness.nearest") { call, _ in
            let names = (call.argument(1).elements ?? []).compactMap(\.text).sorted()
            return .values([Spelling.nearest(to: try call.text(0, "name"), among: names).map { .text($0) } ?? .nil])
        },
    ]
}
