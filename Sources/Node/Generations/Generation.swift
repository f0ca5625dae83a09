import PluginHost

/// A set of rules in force: all plugins with their settings.
struct Generation: Sendable {
    /// Grows by one with each switch, also one that brings older rules back.
    let number: UInt64
    /// The generation that these rules first ran in: its own number, or an older one's after a rollback.
    let rulesOf: UInt64
    /// Seconds since 1970 at which it came into force.
    var since: Double
    let checked: PluginLoader.Checked

    /// The rules by content, for nodes to compare.
    var digest: UInt64 { checked.sources.digest }

    /// Whether every uid counts as a user: logins that do not ask the account store.
    var openDirectory: Bool {
        guard let login = checked.sources.pipeline.first(where: { $0.name == "login" }) else { return true }
        return login.settings["mode"].map { $0 != .text("password") } ?? false
    }

    /// Whether messages are stored, so that sessions are fed from the store.
    var storesMessages: Bool { mostWaiting != nil }

    /// How many messages may wait for a user; nil where none are stored.
    var mostWaiting: Int? { checked.settings(of: "inbox").map { $0["max_messages"]?.integer.map(Int.init) ?? .max } }
}
