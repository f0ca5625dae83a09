import Gate
import Logging
import Node

/// The accounts of the node in this process.
struct LocalAccounts: GateAccounts {
    let node: Node
    private let failures: CheckFailures

    init(node: Node, logger: Logger) {
        self.node = node
        failures = CheckFailures(logger)
    }

    func check(user: String, password: String) async -> GateVerdict {
        do { return try await node.checkPassword(user: user, password: password) ? .right : .wrong } catch {
            failures.tell(error)
            return .unavailable
        }
    }
}
