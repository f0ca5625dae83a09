import PluginHost

/// Handlers' numbers by plugin, over several states: of a loop's generations, or of several loops.
struct HandlerTotals: Sendable {
    private(set) var plugins: [String: [HandlerStatistics]] = [:]

    mutating func add(_ state: PluginState) {
        for (index, plugin) in state.pluginNames.enumerated() { add(state.handlers(of: index), of: plugin) }
    }

    mutating func add(_ other: HandlerTotals) {
        for (plugin, handlers) in other.plugins { add(handlers, of: plugin) }
    }

    mutating func add(_ handlers: [HandlerStatistics], of plugin: String) {
        guard var known = plugins[plugin] else { return plugins[plugin] = handlers }
        for handler in handlers {
            if let index = known.firstIndex(where: { $0.name == handler.name }) {
                known[index].add(handler)
            } else {
                known.append(handler)
            }
        }
        plugins[plugin] = known
    }

    /// Forgets what the state has no handler for: names come and go with the files.
    mutating func keep(_ state: PluginState) {
        var kept: [String: [HandlerStatistics]] = [:]
        for (index, plugin) in state.pluginNames.enumerated() {
            guard let known = plugins[plugin] else { continue }
            let names = Set(state.handlers(of: index).map(\.name))
            kept[plugin] = known.filter { names.contains($0.name) }
        }
        plugins = kept
    }
}
