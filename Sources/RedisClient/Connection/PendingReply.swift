/// A command that was sent, until its answer comes.
struct PendingReply<Reply> {
    /// Nil when its time ran out, and for pings.
    var reply: Reply?
    var deadline: UInt64
    /// The answer comes as a push (RESP3's and RESP2's way with subscriptions).
    var isConfirmation: Bool
}
