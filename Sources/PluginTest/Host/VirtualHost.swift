import PluginHost

/// What scripts can call on a node in memory: what a node has (HostFunctionCatalog), and what tests have beyond that.
enum VirtualHost {
    static let functions: [HostFunction<VirtualLoop>] =
        sessions + sessionObject + notices + store + messages + tokens + crypto + passwords + cluster + basics + offload + outside
}
