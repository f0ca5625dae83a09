/// Takes the records of other nodes; on the acceptor's loop, in the order of each sender. A record's parts are valid during the call.
public protocol PeerReceiver: AnyObject {
    func received(_ record: PeerRecord, from node: NodeID)
    /// A connection to the peer port came to nothing.
    func refused(_ error: PeerProtocolError, remote: String)
}
