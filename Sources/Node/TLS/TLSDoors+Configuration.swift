import HPushConfiguration
import TLS

extension TLSDoors {
    /// Names of doors that are no listener of `tls`.
    enum Name {
        static let peer = "peer"
        static let peerDial = "peer_dial"
        static let redis = "redis"
    }

    /// Reads the files that a configuration names, for what it switches on.
    /// - Parameter listeners: those that this process has.
    /// - Throws: `TLSError`.
    public static func load(
        _ configuration: NodeConfiguration, listeners: Set<TLSSection.Door> = Set(TLSSection.Door.allCases)
    ) throws(TLSError) -> TLSDoors {
        var doors: [TLSDoor] = []
        let tls = configuration.tls
        let wanted = TLSSection.Door.allCases.filter { tls.doors.contains($0) && listeners.contains($0) }
        if !wanted.isEmpty {
            let material = try TLSMaterial.load(
                TLSFiles(
                    section: "tls", certificate: tls.certificate, key: tls.key,
                    authorities: tls.clientAuthorities.isEmpty ? nil : tls.clientAuthorities, authoritiesKey: "client_ca"))
            for door in wanted {
                doors.append(
                    try TLSDoor(
                        door.rawValue, .server(asksClients: tls.mutual.contains(door)), material, onlyTLS13: tls.isOnly13,
                        handshakeSeconds: tls.handshakeSeconds))
            }
        }
        guard listeners.contains(.chat) else { return TLSDoors(doors) }
        doors += try links(configuration.cluster, handshakeSeconds: tls.handshakeSeconds)
        doors += try redis(configuration.cluster, handshakeSeconds: tls.handshakeSeconds)
        return TLSDoors(doors)
    }

    /// Links between nodes: each side has a certificate and looks at the other's.
    private static func links(_ cluster: ClusterSection, handshakeSeconds: Int) throws(TLSError) -> [TLSDoor] {
        let files = cluster.peer.tls
        guard files.isOn, cluster.mode == .zookeeper else { return [] }
        let material = try TLSMaterial.load(
            TLSFiles(section: "cluster.peer.tls", certificate: files.certificate, key: files.key, authorities: files.authorities))
        return [
            try TLSDoor(Name.peer, .server(asksClients: true), material, onlyTLS13: true, handshakeSeconds: handshakeSeconds),
            try TLSDoor(Name.peerDial, .client(.authorities), material, onlyTLS13: true, handshakeSeconds: handshakeSeconds),
        ]
    }

    private static func redis(_ cluster: ClusterSection, handshakeSeconds: Int) throws(TLSError) -> [TLSDoor] {
        guard cluster.redisURL.reveal().hasPrefix("rediss") else { return [] }
        let file = cluster.redisAuthorities
        let material = try TLSMaterial.load(
            TLSFiles(section: "cluster.redis", certificate: nil, key: nil, authorities: file.isEmpty ? nil : file))
        return [try TLSDoor(Name.redis, .client(file.isEmpty ? .system : .authorities), material, handshakeSeconds: handshakeSeconds)]
    }
}
