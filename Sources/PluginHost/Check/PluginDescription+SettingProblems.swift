extension PluginDescription {
    /// Everything that is wrong with settings, where loading names the first only.
    func problems(with given: LuaValue) -> [String] {
        guard !given.isNil else { return [] }
        guard let entries = given.entries else { return ["its settings are a table, not a \(given.kind)"] }
        return entries.compactMap { entry in
            guard let key = entry.key.text else { return "its settings have names, one is a \(entry.key.kind)" }
            if key == "on_error" {
                return entry.value == .text("skip") || entry.value == .text("refuse") ? nil : "setting 'on_error' is one of refuse, skip"
            }
            guard let schema = settings.first(where: { $0.name == key }) else {
                let names = settings.map(\.name) + ["on_error"]
                let hint = Spelling.nearest(to: key, among: names).map { "; did you mean \($0)?" } ?? ""
                return "unknown setting '\(key)'; it has \(names.joined(separator: ", "))\(hint)"
            }
            return schema.problem(with: entry.value).map { "setting '\(key)' \($0)" }
        }
    }
}
