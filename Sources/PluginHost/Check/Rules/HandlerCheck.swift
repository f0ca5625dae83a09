/// Finds handlers that can never run: of types and events that are none, or that never come that way.
struct HandlerCheck {
    private static let types = Dictionary(MessageTypeDescription.all.map { ($0.name, $0) }) { first, _ in first }
    private static let events = PluginTableCatalog.events.members.map(\.name)

    func findings(in layout: ModuleLayout, of chunk: LuaChunk) -> [Finding] {
        let handlers = layout.handlers.compactMap { section, name, entry in
            message(section, name).map { Finding(place: entry.place, message: $0) }
        }
        return handlers + strayKeys(layout, chunk) + unknownNeeds(layout)
    }

    private func message(_ section: String, _ name: String) -> String? {
        switch section {
        case "inbound", "outbound":
            if name == "*" { return nil }
            guard let type = Self.types[name] else {
                return "\(section).\(name) never runs: there is no such head type"
                    + Spelling.hint(for: name, among: Self.types.keys) { "\(section).\($0)" }
            }
            return section == "inbound" ? inbound(type) : outbound(type)
        case "events":
            guard !Self.events.contains(name) else { return nil }
            return "events.\(name) never runs: there is no such event" + Spelling.hint(for: name, among: Self.events) { "events.\($0)" }
        default: return nil
        }
    }

    private func inbound(_ type: MessageTypeDescription) -> String? {
        if type.isFromClients { return nil }
        guard type.isToClients else { return "inbound.\(type.name) never runs: the core answers it at once, ahead of all handlers" }
        return "inbound.\(type.name) never runs: only the node sends it; outbound.\(type.name) sees it on its way"
    }

    private func outbound(_ type: MessageTypeDescription) -> String? {
        if type.isToClients { return nil }
        guard type.isFromClients else { return "outbound.\(type.name) never runs: the core answers it at once, ahead of all handlers" }
        return "outbound.\(type.name) never runs: only clients send it; inbound.\(type.name) sees it when it comes"
    }

    /// Keys of the plugin's table that are nearly those that are read, and that the file itself does not read either.
    private func strayKeys(_ layout: ModuleLayout, _ chunk: LuaChunk) -> [Finding] {
        var mentions: [String: Int] = [:]
        LuaWalk().expressions(in: chunk.body) { expression in
            switch expression.kind {
            case .index(_, let key?, _): mentions[key, default: 0] += 1
            case .table(let fields): for field in fields { field.name.map { mentions[$0, default: 0] += 1 } }
            default: break
            }
        }
        return layout.entries.compactMap { entry in
            guard entry.path.count == 1, let key = entry.path.first, !ModuleLayout.keys.contains(key), mentions[key] ?? 0 <= 1 else {
                return nil
            }
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
