extension NodeConfiguration {
    /// The keys outside the section `plugins` that were loaded with another value than in `other`, in order: those that a running node
    /// does not take over.
    public func keysThatNeedRestart(since other: NodeConfiguration) -> [String] {
        loaded.filter { $0.value != other.loaded[$0.key] }.map(\.key).filter { !$0.hasPrefix("plugins.") }.sorted()
    }
}
