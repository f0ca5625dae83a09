import Messaging

/// A frame on its way to a session of this loop, held until the outbound chain can run.
struct OutboundFrame {
    var recipient: SessionHandle
    var passage: Passage
    var frame: [UInt8]
    /// The connection closes where this stands, after what was queued before it; there is no frame.
    var closes: ChatCloseReason?
}
