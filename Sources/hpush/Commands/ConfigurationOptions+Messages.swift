import HPushConfiguration
import Storage

extension ConfigurationOptions {
    /// Messages and groups of the configured store. Works beside a running node.
    func openMessages() throws -> any MessageStore {
        let configuration = try load()
        switch configuration.store.driver {
        case .sqlite:
            return try SQLiteMessageStore(dataDirectory: configuration.node.dataDirectory)
        case .memory:
            throw CommandError("store.driver memory keeps messages inside the running node; commands cannot reach them")
        case .mysql:
            throw CommandError("store.driver mysql is not supported by this version")
        }
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
