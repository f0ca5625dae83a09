/// What one part of a multi brought.
public enum OperationResult: Hashable, Sendable {
    case created(CreatedNode)
    case deleted
    case dataSet(NodeStat)
    case checked
}
