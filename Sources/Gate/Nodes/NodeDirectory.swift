/// Where a gate has its nodes from.
public protocol NodeDirectory: Sendable {
    /// All nodes as they are known now. Any thread; from memory, since it is asked for each newcomer.
    func nodes() -> [GateNode]
}
