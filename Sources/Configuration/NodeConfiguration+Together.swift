/// What no key can tell alone.
extension NodeConfiguration {
    func checkTogether(_ values: ResolvedConfiguration) throws {
        try checkAdmin(values)
        try checkPorts(values)
        try checkTLS(values)
        try checkTracing(values)
        if cluster.mode == .zookeeper {
            try checkCluster(values)
            try checkSharedStore(values)
        }
    }

    private func checkAdmin(_ values: ResolvedConfiguration) throws {
        guard admin.enabled, admin.token.isEmpty, !HostAddress.isLoopback(admin.host) else { return }
        throw ConfigurationError(
            values.origin(of: "admin.host"), key: "admin.token",
            "expected a token, because admin.host \(admin.host) is not loopback, found none")
    }

    private func checkTracing(_ values: ResolvedConfiguration) throws {
        guard tracing.sample > 0, !tracing.isOn else { return }
        throw ConfigurationError(
            values.origin(of: "tracing.sample"), key: "tracing.sample",
            "expected 0, or tracing.otlp_url or tracing.file to say where spans go, found \(CheckedValue.number(tracing.sample))")
    }

    /// Two listeners on one port would show only as "address in use", without saying whose.
    private func checkPorts(_ values: ResolvedConfiguration) throws {
        let listeners: [(section: String, isOn: Bool, host: String, port: Int)] = [
            ("chat", true, chat.host, chat.port),
            ("websocket", websocket.enabled, websocket.host, websocket.port),
            ("gate", gate.enabled, gate.host, gate.port),
            ("admin", admin.enabled, admin.host, admin.port),
            ("cluster.peer", cluster.mode == .zookeeper, cluster.peer.host, cluster.peer.port),
        ].filter { $0.1 && $0.3 != 0 }
        for (index, later) in listeners.enumerated() {
            for earlier in listeners[..<index] where earlier.port == later.port && Self.overlap(earlier.host, later.host) {
                // Blame the one that somebody set.
                let blamed = values.origin(of: later.section + ".port") == .builtIn ? earlier : later
                let other = blamed.section == later.section ? earlier : later
                throw ConfigurationError(
                    values.origin(of: blamed.section + ".port"), key: blamed.section + ".port",
                    "expected a port that no other listener has, found \(later.port), which \(other.section).port has too")
            }
        }
    }

    private static func overlap(_ left: String, _ right: String) -> Bool {
        left == right || HostAddress.isWildcard(left) || HostAddress.isWildcard(right)
    }

    private func checkCluster(_ values: ResolvedConfiguration) throws {
        let mode = values.origin(of: "cluster.mode")
        let because = "because cluster.mode is zookeeper"
        if cluster.peer.secret.isEmpty {
            throw ConfigurationError(mode, key: "cluster.peer.secret", "expected a secret that all nodes share, \(because), found none")
        }
        if gate.tokenSecret.isEmpty {
            throw ConfigurationError(mode, key: "gate.token_secret", "expected a secret that all nodes share, \(because), found none")
        }
        if HostAddress.isWildcard(node.advertise) {
            throw ConfigurationError(
                values.origin(of: "node.advertise"), key: "node.advertise",
                "expected an address that other nodes can reach, found the wildcard \(node.advertise)")
        }
        if node.advertise.isEmpty {
            let listeners = [
                ("chat", true, chat.host), ("websocket", websocket.enabled, websocket.host),
                ("cluster.peer", cluster.peer.advertise.isEmpty, cluster.peer.host),
            ]
            if let wildcard = listeners.first(where: { $0.1 && HostAddress.isWildcard($0.2) }) {
                throw ConfigurationError(
                    mode, key: "node.advertise",
                    "expected an address that other nodes can reach, \(because) and \(wildcard.0).host is the wildcard \(wildcard.2), "
                        + "found none")
            }
        }
    }

    private func checkSharedStore(_ values: ResolvedConfiguration) throws {
        guard store.driver != .mysql else { return }
        for entry in plugins.pipeline {
            let need: String? =
                switch entry.name {
                case "login" where [nil, .string("password")].contains(entry.settings["mode"]): "login in mode password"
                case "inbox", "group_chat": entry.name
                default: nil
                }
            guard let need else { continue }
            throw ConfigurationError(
                plugins.origin(of: entry), key: "store.driver",
                "expected mysql, because cluster.mode is zookeeper and \(need) in plugins.pipeline needs a store that all nodes share, "
                    + "found \(store.driver.rawValue)")
        }
    }
}
