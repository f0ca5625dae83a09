import HPushConfiguration
import Storage

extension ConfigurationOptions {
    /// The accounts of the configured store. Works beside a running node.
    func openAccounts() throws -> any AccountStore {
        let configuration = try load()
        switch configuration.store.driver {
        case .sqlite:
            return try SQLiteAccountStore(dataDirectory: configuration.node.dataDirectory)
        case .memory:
            throw CommandError("store.driver memory keeps accounts inside the running node; commands cannot reach them")
        case .mysql:
            throw CommandError("store.driver mysql is not supported by this version")
        }
    }
}
