/// What all nodes of a cluster, or a node that stands alone, are to run (`POST /v1/plugins/push`, `hpush plugin push`).
public enum RulesPush: Sendable, Equatable {
    case bundle(RulesBundle)
    /// What was pushed before the last push.
    case before
    /// What lies at each node's own `plugins.path`.
    case ownFiles
}

/// What came of it: the node that was asked has the rules, others may not.
public struct RulesPushAnswer: Codable, Sendable, Equatable {
    public struct Node: Codable, Sendable, Equatable {
        public var id: UInt32
        public var name: String
        /// The generation in force there; nil: it has not said anything.
        public var generation: UInt64?
        /// Why it does not run the pushed rules; nil: it does.
        public var error: String?
    }

    /// At the node that was asked.
    public var reload: ReloadAnswer
    /// The bundle's name; nil: the nodes' own files.
    public var bundle: String?
    /// All nodes of the cluster, the one that was asked among them; empty where it stands alone.
    public var nodes: [Node]

    public var isEverywhere: Bool { nodes.allSatisfy { $0.error == nil } }
}
