import HPushConfiguration
import Messaging
import PluginHost
import Storage
import Synchronization
import Tokens

// What a gate in the same process needs of its node.
extension Node {
    /// Whether a name and a password are right, as the plugin `login` in force would find: in its mode `open` all are.
    /// - Throws: when the accounts can't be read, or too many wait.
    public func checkPassword(user: String, password: String) async throws -> Bool {
        if takesAnyPassword { return true }
        let accounts = shared.accounts
        return try await shared.pool.run(patience: BlockingPool.loginPatience) { try accounts.verify(name: user, password: password) }
    }

    /// Whether logins are open to everybody, by the plugin `login` in force.
    public var takesAnyPassword: Bool {
        // Without the plugin another one decides about logins, by tokens perhaps: they are not for everybody.
        let login = generations.current?.checked.sources.pipeline.first { $0.name == "login" }
        return login?.settings["mode"] == .text("open")
    }

    public var tokens: TokenKeys { shared.tokens }
    /// Failed logins are counted here, wherever they were tried.
    public var addresses: AddressLimits { shared.addresses }
    /// Failed logins by user, likewise.
    public var backOff: LoginBackOff { shared.backOff }
    /// Sessions now.
    public var sessionCount: Int { shared.sessions.load(ordering: .relaxed) }
    /// As it was started with.
    public var configuration: NodeConfiguration { shared.configuration }
}
