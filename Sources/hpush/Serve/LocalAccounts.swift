import Gate
import Logging
import Node

/// The accounts of the node in this process.
struct LocalAccounts: GateAccounts {
    let node: Node
    let logger: Logger

    func check(user: String, password: String) async -> GateVerdict {
        do { return try await node.checkPassword(user: user, password: password) ? .right : .wrong } catch {
            logger.warning("a login could not be checked: \(error)")
            return .unavailable
        }
    }
}
