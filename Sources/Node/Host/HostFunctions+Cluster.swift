import PluginHost

// hpush.cluster: a standalone node is a cluster of one.
extension HostFunctions {
    static let cluster: [HostFunction<NodeLoop>] = [
        HostFunction("cluster.self", need: "cluster") { _, node in .values([own(node)]) },
        HostFunction("cluster.nodes", need: "cluster") { _, node in .values([.list([own(node)])]) },
    ]

    private static func own(_ node: NodeLoop) -> LuaValue {
        .fields(["id": .integer(0), "name": .text(node.shared.configuration.node.name)])
    }
}
