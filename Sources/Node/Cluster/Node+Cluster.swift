import Cluster
import Foundation
import HPushConfiguration
import Reactor
import TLS

// Joining and leaving the cluster.
extension Node {
    /// Listens for other nodes and begins to register.
    func join(_ services: ClusterServices, chatPort: Int, webSocketPort: Int?) throws {
        guard let cluster = shared.cluster else { return }
        let configuration = shared.configuration
        let owner = services.acceptorOwner
        let acceptor = PeerAcceptor(
            loop: owner.loop, secret: cluster.secret, limits: cluster.limits, own: { cluster.view.own },
            isMember: { cluster.view.contains($0) }, heard: cluster.heard, receiver: owner)
        let peer = configuration.cluster.peer
        let listener = try DoorError.naming("cluster.peer") {
            try Listener(
                spreadingOver: [owner.loop], host: peer.host, port: peer.port, filter: shared.tls[TLSDoors.Name.peer]?.source
            ) { acceptor.accept($0) }
        }
        keep(peer: listener)
        let kept = peerListener
        owner.loop.execute {
            owner.acceptor = acceptor
            kept?.open()
        }
        if let digest = generations.current?.digest {
            for owner in loops { owner.loop.execute { owner.setRules(digest) } }
        }
        try services.start(record: record(chatPort: chatPort, peerPort: listener.port, webSocketPort: webSocketPort))
    }

    /// Before the sessions end: their routes go with them, then the registration.
    func quit(_ services: ClusterServices) async {
        services.drain()
        for owner in loops { await owner.endAllSessions() }
        await services.stop()
    }

    private func record(chatPort: Int, peerPort: Int, webSocketPort: Int?) -> NodeRecord {
        let configuration = shared.configuration
        let advertised = configuration.node.advertise
        let peer = PeerPlace(configuration, port: peerPort)
        return NodeRecord(
            host: advertised.isEmpty ? configuration.chat.host : advertised, port: chatPort,
            peerHost: peer.host, peerPort: peer.port, websocketPort: webSocketPort, tls: shared.tls["chat"].map { _ in true },
            websocketTLS: shared.tls["websocket"].map { _ in true }, name: configuration.node.name,
            version: Self.version, startedAt: Int64(Date().timeIntervalSince1970 * 1000), draining: false)
    }
}
