import Messaging

/// A frame on its way to a session, held until the outbound chain can run.
struct OutgoingFrame {
    var recipient: SessionHandle
    var frame: [UInt8]
    /// Of the chain that sent it.
    var record: ChainRecord?
    /// Not a frame: the connection closes here, for this reason.
    var closes: String?
}
