/// What one part of a multi brought.
public enum OperationResult: Hashable, Sendable {
    /// Servers tell only the path of most modes in a multi; `stat` is then all zero.
    case created(CreatedNode)
    case deleted
    case dataSet(NodeStat)
    case checked
}
