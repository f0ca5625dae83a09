/// Why a link between nodes is given up.
public enum PeerProtocolError: Error, Hashable, Sendable, CustomStringConvertible {
    case notAFrame
    case aClientsFrame
    case version(UInt16)
    case length(Int)
    case malformed(String)
    case unexpected(String)
    /// The other side does not know the secret.
    case wrongSecret
    /// Another node than the one wanted answers there.
    case anotherNode(NodeID)
    /// Its registration is gone, or not seen yet.
    case unknownNode(NodeID)
    case refused(String)
    case silent(milliseconds: Int)
    case handshakeTimeout
    /// No process listens there.
    case nobodyThere(String)
    case connection(String)

    public var description: String {
        switch self {
        case .notAFrame: "the bytes are no frame"
        case .aClientsFrame: "a client's frame on the peer port"
        case .version(let version): "peer protocol version \(version), this node speaks \(PeerWire.version)"
        case .length(let length): "a frame of \(length) bytes"
        case .malformed(let what): "a malformed \(what)"
        case .unexpected(let what): "an unexpected \(what)"
        case .wrongSecret: "the other side has another cluster.peer.secret"
        case .anotherNode(let id): "node \(id) answers there"
        case .unknownNode(let id): "node \(id) is not registered"
        case .refused(let reason): "refused: \(reason)"
        case .silent(let milliseconds): "nothing heard for \(milliseconds) ms"
        case .handshakeTimeout: "the handshake took too long"
        case .nobodyThere(let reason), .connection(let reason): reason
        }
    }
}
