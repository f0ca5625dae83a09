/// Whether the files are named that what is switched on needs; what is in them is seen later.
extension NodeConfiguration {
    func checkTLS(_ values: ResolvedConfiguration) throws {
        for door in TLSSection.Door.allCases where tls.doors.contains(door) {
            try need(tls.certificate, "tls.certificate", "a file with a certificate", "tls.\(door)", values)
            try need(tls.key, "tls.key", "a file with the certificate's key", "tls.\(door)", values)
        }
        for door in TLSSection.Door.allCases where tls.mutual.contains(door) {
            let key = "tls.mutual.\(door)"
            try need(tls.clientAuthorities, "tls.client_ca", "a file with authorities", key, values)
            guard tls.doors.contains(door) else {
                throw ConfigurationError(values.origin(of: key), key: "tls.\(door)", "expected true, because \(key) is true, found false")
            }
        }
        let peer = cluster.peer.tls
        if peer.isOn {
            try need(peer.key, "cluster.peer.tls.key", "a file with the certificate's key", "cluster.peer.tls.certificate", values)
            try need(peer.authorities, "cluster.peer.tls.ca", "a file with authorities", "cluster.peer.tls.certificate", values)
        }
    }

    private func need(_ file: String, _ key: String, _ expected: String, _ because: String, _ values: ResolvedConfiguration) throws {
        guard file.isEmpty else { return }
        throw ConfigurationError(values.origin(of: because), key: key, "expected \(expected), because \(because) is set, found none")
    }
}
