import CPluginBridge
import Glibc
import Logging
import PluginHost

/// What a worker's scripts (hpush.offload) find of the node. One a worker, on its thread.
final class WorkerServices: PluginServices, AnyThreadServices {
    let shared: NodeShared
    private var lines = LogLimiter(perSecond: 100)

    init(_ shared: NodeShared) { self.shared = shared }

    var seconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    func redirect(_ message: MessageReference, to uid: UnsafeRawBufferPointer?, call: UnsafePointer<hp_call>) -> RedirectAnswer {
        .failed("redirect: a worker has no sessions")
    }

    func log(plugin: Int, of state: PluginState, level: PluginLogLevel, text: String) {
        let name = plugin >= 0 && plugin < state.pluginNames.count ? state.pluginNames[plugin] : "host"
        guard let suppressed = lines.admit(name, second: UInt64(seconds)) else { return }
        shared.logger.log(level: .init(level), "\(text)", metadata: .ofScript(name, state, suppressed: suppressed))
    }
}
