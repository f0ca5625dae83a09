import CPluginBridge
import PluginHost

/// The worker thread of one generation's offload functions, as a Lua state of its own in this thread.
final class VirtualWorker: PluginServices {
    let loop: VirtualLoop
    private let checked: PluginLoader.Checked
    private let loader: PluginLoader
    private let generation: UInt64
    private var state: PluginState?

    /// nil where no plugin has offload functions.
    init?(_ checked: PluginLoader.Checked, _ loader: PluginLoader, generation: UInt64, loop: VirtualLoop) {
        if checked.plugins.allSatisfy(\.offload.isEmpty) { return nil }
        self.checked = checked
        self.loader = loader
        self.generation = generation
        self.loop = loop
    }

    /// - Throws: `HostCallError` when the plugin has no such function.
    func check(_ plugin: String, _ name: String) throws {
        let known = checked.plugins.first { $0.name == plugin }?.offload ?? []
        guard !known.contains(name) else { return }
        let list = known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))"
        throw HostCallError("plugin \(plugin) has no offload function '\(name)'; \(list)")
    }

    func run(_ plugin: String, _ name: String, _ arguments: [UInt8]) throws -> [LuaValue] {
        let state = try self.state ?? make()
        state.setTime(loop.node.clock.time)
        return try state.runOffload(plugin, name, arguments: arguments)
    }

    private func make() throws -> PluginState {
        do {
            let made = try loader.makeState(checked, functions: VirtualHost.worker, services: self, generation: generation, use: .offload)
            try made.initialise()
            state = made
            return made
        } catch { throw HostCallError("a worker could not be made: \(error)") }
    }

    func redirect(_ message: MessageReference, to uid: UnsafeRawBufferPointer?, call: UnsafePointer<hp_call>) -> RedirectAnswer {
        .failed("redirect is not possible in an offload function; call it in the handler")
    }

    func log(plugin: Int, of state: PluginState, level: PluginLogLevel, text: String) {
        loop.log(plugin: plugin, of: state, level: level, text: text)
    }
}
