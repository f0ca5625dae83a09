import PluginHost

/// Who wants to know what chains do: a recording, a shadow.
protocol NoteReader: AnyObject, Sendable {
    var sample: Sample { get }
    /// The generation it looks at; another one's chains are none of its business.
    var generation: UInt64 { get }
    /// Whether it has room for one more on a loop. Called on that loop.
    func takes(loop: Int) -> Bool
    /// The chain is over, and so is all that it sent. On any loop.
    func finished(_ note: ChainNote)
    /// The generation is over.
    func outdated()
    /// A session opens. False if it knows of it already: another loop was faster.
    func opens(_ handle: UInt64) -> Bool
    /// Whether it learnt of a session, by `opens` or `saw`.
    func knows(_ handle: UInt64) -> Bool
    /// A session stands in a chain, before it or as a recipient. On its loop.
    func saw(_ session: SessionSight)
}
