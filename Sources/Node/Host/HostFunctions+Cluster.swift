import PluginHost

// hpush.cluster: a standalone node is a cluster of one.
extension HostFunctions {
    static let cluster: [AnyThreadFunction] = [
        AnyThreadFunction("cluster.self", need: "cluster") { _, node in .values([own(node.shared)]) },
        AnyThreadFunction("cluster.nodes", need: "cluster") { _, node in .values([.list([own(node.shared)])]) },
    ]

    private static func own(_ shared: NodeShared) -> LuaValue {
        .fields(["id": .integer(0), "name": .text(shared.configuration.node.name)])
    }
}
