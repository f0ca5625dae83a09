import Node
import ServiceLifecycle
import Supervision

/// A started node as a service: it drains and stops when the group shuts down.
struct NodeService: Service {
    let node: Node
    let supervisor: Supervisor

    func run() async throws {
        // Cancelled (another service failed) or asked to: it stops either way.
        try? await gracefulShutdown()
        supervisor.stopping()
        await node.leave()
        await node.stop()
    }
}
