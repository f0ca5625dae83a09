import Cluster
import HPushConfiguration

extension NodeLoop {
    /// What links to other nodes may use. What waits for one must fit into a connection's output.
    static func peerLimits(_ chat: ChatSection) -> PeerLimits {
        PeerLimits(backlog: connectionLimits(chat).hardCap - (256 << 10), frame: chat.maxFrameBytes + 8)
    }
}
