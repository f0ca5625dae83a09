import HPushConfiguration
import Node
import Storage

extension ConfigurationOptions {
    /// The accounts of the configured store. Works beside a running node.
    func openAccounts() throws -> any AccountStore {
        let configuration = try load()
        try Capabilities.checkStore(configuration, from: self)
        guard configuration.store.driver != .memory else {
            throw CommandError("store.driver memory keeps accounts inside the running node; commands cannot reach them")
        }
        return try ConfiguredStores.accounts(configuration)
    }
}
