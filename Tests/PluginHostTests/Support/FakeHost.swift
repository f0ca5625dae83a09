import CPluginBridge
import PluginHost
import WireProtocol

/// A host in memory: what plugins do to it can be looked at, and its clock is moved by the test.
final class FakeHost: PluginServices {
    struct Log: Equatable {
        var plugin: Int
        var level: PluginLogLevel
        var text: String
    }

    struct Redirect {
        var message: WireMessage
        var uid: String?
    }

    struct Notice: Equatable {
        /// nil: a broadcast.
        var uid: String?
        var table: LuaValue
    }

    struct Wait {
        var execution: UInt64
        /// Seconds of the virtual clock; nil: until the test answers.
        var due: Double?
        var values: [LuaValue]
    }

    var logs: [Log] = []
    var redirects: [Redirect] = []
    var notices: [Notice] = []
    var metrics: [String: Double] = [:]
    var waits: [Wait] = []

    var sessions: [FakeSession] = []
    /// Passwords by user.
    var users: [String: String] = [:]
    var contacts: [String: [String]] = [:]
    var tokens: [String: String] = [:]
    var shared: [String: LuaValue] = [:]
    var now = 1000.0
    var redirectFails: String?
    /// The account store answers later: the test brings its answers on.
    var slowStore = false
    /// What workers answered.
    let answers = WorkerAnswers()
    private var nextHandle: UInt64 = 0

    func open(_ uid: String, device: String = "phone", platform: Int64 = 1) -> FakeSession {
        nextHandle += 1
        let session = FakeSession(handle: nextHandle, uid: uid, device: device, platform: platform, since: now)
        sessions.append(session)
        return session
    }

    func close(_ session: FakeSession) { sessions.removeAll { $0 === session } }

    func session(_ handle: UInt64) throws -> FakeSession {
        guard let found = sessions.first(where: { $0.handle == handle }) else { throw HostCallError("the session is closed") }
        return found
    }

    func redirect(_ message: MessageReference, to uid: UnsafeRawBufferPointer?, call: UnsafePointer<hp_call>) -> RedirectAnswer {
        if let redirectFails { return .failed(redirectFails) }
        let target = uid.map { String(decoding: $0, as: UTF8.self) }
        guard let parsed = try? WireMessage(serializedBytes: Array(message.frame.dropFirst(8))) else { return .failed("not a message") }
        redirects.append(Redirect(message: parsed, uid: target))
        let to = target ?? parsed.messageRequest.to
        let reached = sessions.filter { $0.uid == to }
        for session in reached { session.sent.append(parsed) }
        return .queued(sessions: UInt32(reached.count), nodes: reached.isEmpty ? 0 : 1)
    }

    func log(plugin: Int, of state: PluginState, level: PluginLogLevel, text: String) {
        logs.append(Log(plugin: plugin, level: level, text: text))
    }

    func answer(_ call: HostCall, _ values: [LuaValue]) -> HostAnswer {
        guard slowStore else { return .values(values) }
        waits.append(Wait(execution: call.execution, due: nil, values: values))
        return .wait
    }
}
