import Gate
import HPushConfiguration
import Logging
import Storage

/// The accounts of the configured store, for a gate that runs alone.
final class StoredAccounts: GateAccounts {
    private let accounts: any AccountStore
    private let isOpen: Bool
    /// A password hash takes about 50 ms of a core.
    private let pool: BlockingPool
    private let failures: CheckFailures

    init(_ accounts: any AccountStore, pipeline: [PluginEntry], threads: Int, logger: Logger) {
        self.accounts = accounts
        failures = CheckFailures(logger)
        isOpen = pipeline.contains { $0.name == "login" && $0.settings["mode"] == .string("open") }
        pool = BlockingPool(threads: threads, capacity: 1024)
    }

    func check(user: String, password: String) async -> GateVerdict {
        if isOpen { return .right }
        let accounts = accounts
        do {
            return try await pool.run(patience: BlockingPool.loginPatience) { try accounts.verify(name: user, password: password) }
                ? .right : .wrong
        } catch {
            failures.tell(error)
            return .unavailable
        }
    }
}
