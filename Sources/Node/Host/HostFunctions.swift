import PluginHost

/// Everything that scripts can call on a running node, but for what the bridge has itself (HostFunctionCatalog says both).
enum HostFunctions {
    static let all: [HostFunction<NodeLoop>] = noted(
        sessions + sessionObject + notices + store + messages + tokens + passwords + outside + redis + offload + basics
            + anyThread.map(\.onLoop))
}
