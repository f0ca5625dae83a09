/// Finds names that a plugin's source uses and its environment will not have. Pure: nothing runs.
struct NameCheck {
    /// What `needs` names; nil where that is not known, and then everything is there.
    var needs: Set<String>?

    /// - Throws: `LuaLexer.Failure` where the text is no Lua.
    func findings(in source: [UInt8]) throws -> [Finding] {
        let chunk = try LuaParser.chunk(of: source)
        // Whoever works with environments of their own is beyond a look at the text.
        if String(decoding: source, as: UTF8.self).contains("_ENV") { return [] }
        return findings(in: chunk)
    }

    func findings(in chunk: LuaChunk) -> [Finding] {
        let direct = chunk.uses.compactMap { use in message(use).map { Finding(place: use.place, message: $0) } }
        return (direct + aliased(in: chunk)).sorted { $0.place < $1.place }
    }

    /// Names behind a local variable that stands for part of the API: `local s = hpush.sessions; s.of_usr(uid)`.
    private func aliased(in chunk: LuaChunk) -> [Finding] {
        var found: [Finding] = []
        LuaWalk().expressions(in: chunk.body) { expression in
            guard case .index(let base, let key?, _) = expression.kind, base.startsAtLocal, let before = base.globalPath else { return }
            func use(_ path: [String]) -> LuaUse { LuaUse(path: path, place: expression.place, access: .read, visible: []) }
            guard message(use(before)) == nil, let message = message(use(before + [key])) else { return }
            found.append(Finding(place: expression.place, message: message))
        }
        return found
    }

    private func message(_ use: LuaUse) -> String? {
        guard let root = use.path.first else { return nil }
        if use.path.count == 1, use.access == .write {
            return LuaEnvironment.globals.contains(root) ? nil : "assignment to the global '\(root)'; declare it local"
        }
        guard LuaEnvironment.globals.contains(root) else {
            return "unknown global '\(root)'" + Spelling.hint(for: root, among: use.visible + LuaEnvironment.globals)
        }
        if root == "hpush" { return hpushMessage(use) }
        guard let members = LuaEnvironment.libraries[root], use.path.count > 1, use.access == .read || use.path.count > 2 else {
            return nil
        }
        return members.contains(use.path[1])
            ? nil : "\(root) has no '\(use.path[1])'" + Spelling.hint(for: use.path[1], among: members) { "\(root).\($0)" }
    }

    private func hpushMessage(_ use: LuaUse) -> String? {
        guard use.path.count > 1 else { return nil }
        if use.access == .write, use.path.count == 2 { return "hpush can't be changed" }
        let first = use.path[1]
        guard let members = Self.api[first] else {
            return "hpush has no '\(first)'" + Spelling.hint(for: first, among: Self.api.keys) { "hpush.\($0)" }
        }
        if let need = members.need, let needs, !needs.contains(need) {
            return "hpush.\(first) is not there: name it in the plugin's needs = { \"\(need)\" }"
        }
        guard use.path.count > 2, use.access == .read, !members.names.isEmpty, !members.names.contains(use.path[2]) else { return nil }
        return "hpush.\(first) has no '\(use.path[2])'"
            + Spelling.hint(for: use.path[2], among: members.names) { "hpush.\(first).\($0)" }
    }

    /// What stands under hpush.NAME; `names` is empty for functions.
    private struct Members {
        var need: String?
        var names: Set<String> = []
    }

    private static let api: [String: Members] = {
        var api: [String: Members] = [:]
        for function in HostFunctionCatalog.functions + HostFunctionCatalog.builtIn where function.isInHpush {
            let parts = function.name.split(separator: ".").map(String.init)
            api[parts[0], default: Members(need: function.need)].names.formUnion(parts.dropFirst())
        }
        return api
    }()
}
