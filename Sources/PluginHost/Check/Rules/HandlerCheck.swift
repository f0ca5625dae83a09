import CPluginBridge

/// Finds handlers that can never run: of types and events that are none, or that never come that way.
struct HandlerCheck {
    static let types = [
        "login_request", "login_response", "logout_request", "logout_response", "heart_beat", "message_request", "message_response",
        "message_notification", "message_ack", "sync_request", "sync_response", "custom_request", "custom_response",
    ]
    private static let ofTheNode: Set<String> = [
        "login_response", "logout_response", "message_response", "message_notification", "sync_response", "custom_response",
    ]
    private static let ofClients: Set<String> = ["login_request", "logout_request", "message_ack", "sync_request", "custom_request"]
    private static let ofTheCore: Set<String> = ["heart_beat", "message_ack"]
    private static let events = ["session_open", "session_close", "node_up", "node_down", "undeliverable"]

    func findings(in layout: ModuleLayout) -> [Finding] {
        let handlers = layout.handlers.compactMap { section, name, entry in
            message(section, name).map { Finding(place: entry.place, message: $0) }
        }
        return handlers + strayKeys(layout) + unknownNeeds(layout)
    }

    private func message(_ section: String, _ name: String) -> String? {
        switch section {
        case "inbound", "outbound":
            if name == "*" { return nil }
            guard Self.types.contains(name) else {
                return "\(section).\(name) never runs: there is no such head type"
                    + Spelling.hint(for: name, among: Self.types) { "\(section).\($0)" }
            }
            return section == "inbound" ? inbound(name) : outbound(name)
        case "events":
            guard !Self.events.contains(name) else { return nil }
            return "events.\(name) never runs: there is no such event" + Spelling.hint(for: name, among: Self.events) { "events.\($0)" }
        default: return nil
        }
    }

    private func inbound(_ name: String) -> String? {
        if Self.ofTheCore.contains(name) { return "inbound.\(name) never runs: the core answers it at once, ahead of all handlers" }
        guard Self.ofTheNode.contains(name) else { return nil }
        return "inbound.\(name) never runs: only the node sends it; outbound.\(name) sees it on its way"
    }

    private func outbound(_ name: String) -> String? {
        if name == "heart_beat" { return "outbound.heart_beat never runs: the core answers it at once" }
        guard Self.ofClients.contains(name) else { return nil }
        let hint = name == "message_ack" ? "" : "; inbound.\(name) sees it when it comes"
        return "outbound.\(name) never runs: only clients send it" + hint
    }

    /// Keys of the plugin's table that are nearly those that are read.
    private func strayKeys(_ layout: ModuleLayout) -> [Finding] {
        layout.entries.compactMap { entry in
            guard entry.path.count == 1, let key = entry.path.first, !ModuleLayout.keys.contains(key) else { return nil }
            let hint = Spelling.hint(for: key, among: ModuleLayout.keys)
            return hint.isEmpty ? nil : Finding(place: entry.place, message: "nothing reads '\(key)' of the plugin's table\(hint)")
        }
    }

    private func unknownNeeds(_ layout: ModuleLayout) -> [Finding] {
        let known = HostFunctionCatalog.needs
        return layout.needs.filter { !known.contains($0.name) }.map { need in
            let hint = Spelling.hint(for: need.name, among: known)
            let names = hint.isEmpty ? "; it has \(known.sorted().joined(separator: ", "))" : hint
            return Finding(place: need.place, message: "needs names '\(need.name)', which this host does not have\(names)")
        }
    }
}
