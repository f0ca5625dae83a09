import Node
import ServiceLifecycle

/// A started node as a service: it drains and stops when the group shuts down.
struct NodeService: Service {
    let node: Node

    func run() async throws {
        // Cancelled (another service failed) or asked to: it stops either way.
        try? await gracefulShutdown()
        await node.leave()
        await node.stop()
    }
}
