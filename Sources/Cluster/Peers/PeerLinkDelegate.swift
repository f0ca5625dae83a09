/// Whom a link to another node tells; on its loop.
public protocol PeerLinkDelegate: AnyObject {
    func opened(_ link: PeerLink)
    /// It is down, or could not be made; it tries again until it is stopped.
    func down(_ link: PeerLink, _ error: PeerProtocolError)
    /// Given up: the node is gone, or was not to be reached for too long. It may have got the record all the same.
    func undelivered(_ record: PeerRecord, _ link: PeerLink)
}
