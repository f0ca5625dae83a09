/// Which watches of a path are meant.
public enum WatchKind: Int32, Hashable, Sendable {
    /// Those of `children`.
    case children = 1
    /// Those of `getData` and `exists`.
    case data = 2
    /// These and the persistent ones.
    case any = 3
}
