/// What the text of a plugin's files tells, with nothing run.
struct SourceLook {
    let problems: [PluginProblem]
    /// Of the main file; nil where it is no Lua.
    let layout: ModuleLayout?
    private let main: SourceFile?

    /// - Parameter plugin: what the plugin says of itself; nil where it could not be loaded.
    init(files: [SourceFile], plugin: PluginDescription?) {
        main = files.first
        var layout: ModuleLayout?
        var problems: [PluginProblem] = []
        for (index, file) in files.enumerated() {
            // Text that is no Lua is for the loader to report.
            guard let chunk = try? LuaParser.chunk(of: file.text) else { continue }
            var findings: [Finding] = []
            var needs = plugin.map { Set($0.needs) }
            if index == 0 {
                let found = ModuleLayout(chunk)
                layout = found
                if needs == nil, found.entry(["needs"]) != nil { needs = Set(found.needs.map(\.name)) }
                findings += HandlerCheck().findings(in: found, of: chunk) + PlaceCheck().findings(in: chunk, found)
                findings += FieldCheck(settings: plugin.map { Set($0.settings.map(\.name)) }).findings(in: found)
            }
            // Whoever works with environments of their own is beyond a look at the names.
            if !String(decoding: file.text, as: UTF8.self).contains("_ENV") { findings += NameCheck(needs: needs).findings(in: chunk) }
            problems += findings.sorted { $0.place < $1.place }.map { PluginProblem(place: file.place($0.place), message: $0.message) }
        }
        self.layout = layout
        self.problems = problems
    }

    /// A failure of loading that names a key of the plugin's table, at the place of that key.
    func placed(_ failure: PluginProblem) -> PluginProblem {
        let reason =
            failure.message.prefixMatch(of: #/plugin [^:]+: /#).map { String(failure.message[$0.range.upperBound...]) } ?? failure.message
        guard let main, failure.place == main.place(line: 1) || failure.place == main.path || Self.isOfSave(reason),
            let place = place(of: reason)
        else { return failure }
        return PluginProblem(place: main.place(place), message: reason)
    }

    /// What `save` returned is looked at when it has returned: Lua names no line.
    private static func isOfSave(_ reason: String) -> Bool {
        reason.contains("can't be handed over") || reason.hasPrefix("a table is nested deeper than")
    }

    /// Of the key in the main file that a failure of loading names.
    func place(of reason: String) -> SourcePlace? { layout.flatMap { place(of: reason, $0) } }

    private func place(of reason: String, _ layout: ModuleLayout) -> SourcePlace? {
        if Self.isOfSave(reason) { return layout.entry(["save"])?.place }
        if let match = reason.prefixMatch(of: /(inbound|outbound|events|routes|offload|config)\.([^ :]+)/) {
            return layout.entry([String(match.1), String(match.2)])?.place ?? layout.entry([String(match.1)])?.place
        }
        if let match = reason.prefixMatch(of: /needs names '([^']*)'/) {
            return layout.needs.first { $0.name == match.1 }?.place ?? layout.entry(["needs"])?.place
        }
        if let match = reason.prefixMatch(of: /timers\[(\d+)\]/) {
            return layout.entry(["timers", String(match.1)])?.place ?? layout.entry(["timers"])?.place
        }
        if reason.hasPrefix("it is written for host API") { return layout.entry(["api"])?.place }
        if let match = reason.prefixMatch(of: /the plugin's table has a function '([^']*)'/) {
            return layout.entry([String(match.1)])?.place
        }
        return reason.prefixMatch(of: #/(\w+) (?:is|has) /#).flatMap { layout.entry([String($0.1)])?.place }
    }
}
