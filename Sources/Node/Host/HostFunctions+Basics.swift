import Dispatch
import Messaging
import PluginHost
import Reactor

// What every plugin has on a loop: sleep, and the fields of ctx that the host knows.
extension HostFunctions {
    static let basics: [HostFunction<NodeLoop>] = [
        HostFunction("sleep", waits: true) { call, node in
            let seconds = try call.number(0, "seconds")
            guard seconds >= 0, seconds <= 86_400 else { throw HostCallError("seconds is 0 to 86400") }
            let wake = SleepEnd(node, call.execution, call.state)
            _ = node.loop.scheduleTimer(afterMilliseconds: Int((seconds * 1000).rounded(.up)), wake)
            return .wait
        },
        HostFunction("ctx.remote") { call, node in
            guard let session = session(of: call) else { return .values([.nil]) }
            if session.state == .open { return .values([.text(session.remote)]) }
            return .values([node.connection(of: session)?.remoteText.map { .text($0) } ?? .nil])
        },
        HostFunction("ctx.transport") { call, _ in .values([session(of: call).map { .text($0.isWebSocket ? "websocket" : "tcp") } ?? .nil])
        },
    ]

    /// The session an execution runs for, also before it is open.
    private static func session(of call: HostCall) -> Session? {
        call.tag.map { Unmanaged<Session>.fromOpaque($0).takeUnretainedValue() }
    }
}

extension NodeLoop: AnyThreadServices {
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

    func timerFired(tag: UInt32, loop: EventLoop) { owner.wake(execution, of: state, with: .success([])) }
}
