/// One plugin whose state goes from one generation to the next: it is in both, saves in the old one and restores in the new one.
public struct HandOver: Sendable, Equatable {
    /// Its index in the new generation.
    public let plugin: Int
    public let oldPlugin: Int
    public let oldVersion: String?

    public init(plugin: Int, oldPlugin: Int, oldVersion: String?) {
        self.plugin = plugin
        self.oldPlugin = oldPlugin
        self.oldVersion = oldVersion
    }

    /// What is to be handed over from one set of plugins to another, in the new one's order. Plugins are matched by name; one that lacks
    /// `save` there or `restore` here starts afresh.
    public static func steps(from old: [PluginDescription], to new: [PluginDescription]) -> [HandOver] {
        new.enumerated().compactMap { index, plugin in
            guard plugin.hasRestore, let oldIndex = old.firstIndex(where: { $0.name == plugin.name }), old[oldIndex].hasSave else {
                return nil
            }
            return HandOver(plugin: index, oldPlugin: oldIndex, oldVersion: old[oldIndex].version)
        }
    }
}

/// Why a plugin's state could not be handed over.
public struct HandOverFailure: Error, Sendable, Equatable {
    public enum Step: String, Sendable {
        /// In the old generation.
        case save
        /// In the new one.
        case restore
    }

    public let step: Step
    public let failure: PluginFailure

    public init(step: Step, failure: PluginFailure) {
        self.step = step
        self.failure = failure
    }
}
