import HPushConfiguration
import Node
import Storage

extension ConfigurationOptions {
    /// Messages and groups of the configured store. Works beside a running node.
    func openMessages() throws -> any MessageStore {
        let configuration = try load()
        try Capabilities.checkStore(configuration, from: self)
        guard configuration.store.driver != .memory else {
            throw CommandError("store.driver memory keeps messages inside the running node; commands cannot reach them")
        }
        return try ConfiguredStores.messages(configuration)
    }

    /// Refuses users that are not there, where accounts say who is: with `login` in mode open or jwt any uid may be one.
    func checkUsers(_ users: [String]) throws {
        let pipeline = try load().plugins.pipeline
        guard let login = pipeline.first(where: { $0.name == "login" }), [nil, .string("password")].contains(login.settings["mode"]) else {
            return
        }
        let accounts = try openAccounts()
        for user in users where try accounts.user(name: user) == nil { throw AccountError.noSuchUser(user) }
    }
}
