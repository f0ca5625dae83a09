import Messaging

/// A message whose sender waits for a receipt, on its way.
struct TrackedMessage: Sendable {
    var serverID: UInt64
    /// Where its `DeliveryTracker` is.
    var origin: DeliveryOrigin
    /// It failed before and comes under the same `server_id`: some devices may have it on their way already.
    var isRetry = false
    /// What all nodes call it; nil where no other node can bring it again.
    var name: MessageName?
    /// Another node brought it before under another `server_id`, and a device here may have it on its way.
    var isUnderWay = false
    /// It may have been sent before by way of another node: by a session that has just come.
    var isDoubtful = false
    /// The same, and its sender may have come from a node that is not registered any more.
    var isRefugee = false
    /// It goes to one session and to no other node that is heard: nobody else's success hides that it was refused there.
    var isAlone = false
    /// Whose it is; on the tracker's loop only.
    var sender = SessionHandle(rawValue: 0)
    /// The sender is its recipient.
    var isToSelf = false
}
