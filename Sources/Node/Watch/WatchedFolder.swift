/// What matters in one folder that is watched.
struct WatchedFolder: Equatable {
    /// The plugins folder and those in it: Lua files and folders count. Else only the names below.
    var isOfPlugins = false
    var names: Set<String> = []

    mutating func add(_ other: WatchedFolder) {
        isOfPlugins = isOfPlugins || other.isOfPlugins
        names.formUnion(other.names)
    }

    /// Whether a change of `name` may change the rules. What editors write beside a file does not: `.init.lua.swp`, `init.lua~`, `4913`,
    /// `.#init.lua`, `#init.lua#`.
    func concerns(_ name: String, isFolder: Bool) -> Bool {
        if names.contains(name) { return true }
        // Kubernetes swaps the link `..data` when a ConfigMap changes.
        guard isOfPlugins, name == "..data" || !name.hasPrefix(".") else { return false }
        return name == "..data" || isFolder || (name.hasSuffix(".lua") && !name.hasPrefix("#"))
    }
}
