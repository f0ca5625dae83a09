/// A watch that stays until it is removed (ZooKeeper 3.6 and newer).
public enum WatchMode: Int32, Hashable, Sendable {
    /// Changes of the node's data and of its list of children.
    case persistent = 0
    /// Created, deleted and changed nodes at the path and everywhere below it; no `childrenChanged`.
    case persistentRecursive = 1
}
