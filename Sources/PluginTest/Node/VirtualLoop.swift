import CPluginBridge
import CWire
import Messaging
import Node
import PluginHost
import WireProtocol

/// One event loop of a node in memory: its sessions, its Lua state, its timers. The counterpart of `NodeLoop`, which says why things are
/// as they are.
final class VirtualLoop {
    unowned let node: VirtualNode
    let index: Int
    let slots: SessionSlots
    private(set) var plugins: PluginState?
    private(set) var hasOutbound = false
    private(set) var hasSessionOpen = false
    private(set) var hasSessionClose = false
    private(set) var hasUndeliverable = false
    var waits: [WaitingChain.Key: WaitingChain] = [:]
    private var timers: [VirtualTimer] = []
    /// Frames that wait for the outbound chain: it cannot run inside another chain.
    var outbox: [OutgoingFrame] = []
    var runsOutbox = false
    /// Of the chain that runs now.
    var record: ChainRecord?

    init(_ node: VirtualNode, index: Int) {
        self.node = node
        self.index = index
        slots = SessionSlots(loop: index)
    }

    func execute(_ work: @escaping () -> Void) { node.execute(work) }

    /// Puts a state in force.
    func install(_ state: PluginState) {
        plugins = state
        hasOutbound = (0...UInt32(HP_CUSTOM_RESPONSE.rawValue) + 1).contains { state.chainLength(HP_OUTBOUND, $0) > 0 }
        hasSessionOpen = state.hasEvent("session_open")
        hasSessionClose = state.hasEvent("session_close")
        hasUndeliverable = state.hasEvent("undeliverable")
    }

    /// Starts what the state in force spawned in `init`, and its timers.
    func begin(_ checked: PluginLoader.Checked) {
        guard let state = plugins else { return }
        for timer in timers { timer.stop() }
        timers = []
        for (plugin, description) in checked.plugins.enumerated() {
            for (position, timer) in description.timers.enumerated() where timer.eachLoop || index == 0 {
                let timer = VirtualTimer(self, state, plugin: plugin, index: position, seconds: timer.every)
                timers.append(timer)
                timer.start()
            }
        }
        execute { [unowned self] in if state === plugins { afterRun(state) } }
    }

    /// Lets the plugins of the next generation take over what those of the running one have saved.
    func handOver(to next: PluginState, of checked: PluginLoader.Checked, from old: PluginLoader.Checked?) throws {
        guard let running = plugins else { return }
        for (position, name) in next.pluginNames.enumerated() {
            guard let before = running.pluginNames.firstIndex(of: name) else { continue }
            let version = old.flatMap { before < $0.plugins.count ? $0.plugins[before].version : nil }
            try next.restore(position, running.save(before), oldVersion: version)
        }
    }

    func showTime(_ time: PluginTime) {
        plugins?.setTime(time)
        for state in oldStates { state.setTime(time) }
    }

    /// States of earlier generations with handlers that wait.
    private var oldStates: [PluginState] { waits.values.map(\.state).filter { $0 !== plugins } }
}

extension VirtualLoop: PluginServices {
    func redirect(_ message: MessageReference, to uid: UnsafeRawBufferPointer?, call: UnsafePointer<hp_call>) -> RedirectAnswer {
        let frame = message.frame
        guard frame.baseAddress != nil else { return .failed("redirect: the message has become too large") }
        guard frame.count <= Int(Frame.defaultMaximumBodyLength) + Frame.headerLength else {
            return .failed("redirect: the message is over chat.max_frame_bytes")
        }
        let queued: UInt32
        if let uid {
            queued = route(frame, to: uid)
        } else {
            let recipient = message.recipient
            if recipient.hasGroup {
                queued = route(frame, toGroup: message.string("group"), from: SessionHandle(rawValue: call.pointee.session))
            } else {
                queued = route(frame, to: recipient.uid)
            }
        }
        return .queued(sessions: queued, nodes: queued > 0 ? 1 : 0)
    }

    func log(plugin: Int, of state: PluginState, level: PluginLogLevel, text: String) {
        let name = plugin >= 0 && plugin < state.pluginNames.count ? state.pluginNames[plugin] : "host"
        node.log(NodeLogLine(level: level, plugin: name, text: text))
    }
}
