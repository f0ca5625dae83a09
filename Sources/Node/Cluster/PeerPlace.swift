import HPushConfiguration

/// Where other nodes reach this one's peer port: what is advertised for it, else what is advertised for the node, else where it listens.
struct PeerPlace {
    var host: String
    var port: Int

    /// - Parameter port: where it listens.
    init(_ configuration: NodeConfiguration, port: Int) {
        host = configuration.node.advertise.isEmpty ? configuration.cluster.peer.host : configuration.node.advertise
        self.port = port
        // The configuration has seen that it is HOST:PORT.
        let advertised = configuration.cluster.peer.advertise
        guard let colon = advertised.lastIndex(of: ":"), let number = Int(advertised[advertised.index(after: colon)...]) else { return }
        let name = advertised[..<colon]
        host = String(name.hasPrefix("[") && name.hasSuffix("]") ? name.dropFirst().dropLast() : name)
        self.port = number
    }
}
