// For a supervisor.
extension Node {
    /// What must turn for the node to serve: each runs work on one of its event loops. False: it has ended.
    public var lanes: [@Sendable (_ work: @escaping @Sendable () -> Void) -> Bool] {
        loops.map { owner in { work in owner.loop.execute(work) } }
    }
}
