extension PluginDescription {
    /// Everything that is wrong with settings, where loading names the first only; with the setting it is about, nil for all of them.
    func problems(with given: LuaValue) -> [(setting: String?, problem: String)] {
        guard !given.isNil else { return [] }
        guard let entries = given.entries else { return [(nil, "its settings are a table, not a \(given.kind)")] }
        return entries.compactMap { entry in
            guard let key = entry.key.text else { return (nil, "its settings have names, one is a \(entry.key.kind)") }
            return problem(with: entry.value, of: key).map { (key, $0) }
        }
    }

    private func problem(with value: LuaValue, of key: String) -> String? {
        if key == "on_error" {
            return value == .text("skip") || value == .text("refuse") ? nil : "setting 'on_error' is one of refuse, skip"
        }
        guard let schema = settings.first(where: { $0.name == key }) else {
            let names = settings.map(\.name) + ["on_error"]
            return "unknown setting '\(key)'; it has \(names.joined(separator: ", "))\(Spelling.hint(for: key, among: names))"
        }
        return schema.problem(with: value).map { "setting '\(key)' \($0)" }
    }
}
