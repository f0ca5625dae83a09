// What a node keeps for its plugins, and its names.
extension HostFunctionCatalog {
    private static let key = LuaMember("key", "string", "1 to 256 bytes")
    private static let ttl = LuaMember("ttl?", "number", "seconds after which it is gone; it stays unless given")
    private static let places: Set<HostPlace> = [.loading]

    static let shared: [HostFunctionDescription] = [
        .init(
            "shared.get", "The value under a key; nil where there is none or its time is over.", [key],
            returns: [.init("value?", "any", "a string, a number or a boolean")], refusedIn: places),
        .init(
            "shared.set", "Puts a value under a key, with a new time to live.",
            [key, .init("value", "string|number|boolean|nil", "nil removes it; a string has 65536 bytes at most"), ttl], refusedIn: places),
        .init(
            "shared.add", "Puts a value under a key where nothing is. True if it did, false where something is already.",
            [key, .init("value", "string|number|boolean"), ttl], returns: [.init("added", "boolean")], refusedIn: places),
        .init(
            "shared.incr",
            "Adds to the number under a key, from 0 where there is none, and gives the sum. The time to live counts only when this makes the entry.",
            [key, .init("by?", "number", "1 unless given"), ttl], returns: [.init("sum", "number")], refusedIn: places),
        .init(
            "shared.delete", "Removes what is under a key. True if something was.", [key], returns: [.init("deleted", "boolean")],
            refusedIn: places),
    ]

    static let metrics: [HostFunctionDescription] = [
        .init(
            "metrics.add", "Adds to a counter of the plugin, shown at /metrics as `hpush_plugin_metric`.",
            [.init("name", "string", "letters, digits and _, no digit first"), .init("amount?", "number", "from 0; 1 unless given")],
            refusedIn: places),
        .init(
            "metrics.set", "Sets a gauge of the plugin, shown at /metrics as `hpush_plugin_metric`.",
            [.init("name", "string", "letters, digits and _, no digit first"), .init("value", "number")], refusedIn: places),
    ]

    static let cluster: [HostFunctionDescription] = [
        .init("cluster.self", need: "cluster", "This node.", returns: [.init("node", "hpush.Node")], refusedIn: places),
        .init(
            "cluster.nodes", need: "cluster", "All nodes of the cluster, this one too.", returns: [.init("nodes", "hpush.Node[]")],
            refusedIn: places),
    ]
}
