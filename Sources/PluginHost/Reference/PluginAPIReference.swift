/// The reference part of docs/plugin-api.md, written from the catalog.
public enum PluginAPIReference {
    /// Between these lines of the file; a test refuses a file where something else stands there.
    public static let begin = "<!-- Reference: written by scripts/docs --write from the description of the API; change that instead. -->"
    public static let end = "<!-- End of the reference. -->"

    /// The file with its marked block written anew; nil where the marks are not there.
    public static func updating(_ file: String) -> String? {
        guard let start = file.range(of: begin), let stop = file.range(of: end), start.upperBound <= stop.lowerBound else { return nil }
        return file[..<start.upperBound] + "\n\n" + markdown() + file[stop.lowerBound...]
    }

    public static func markdown() -> String {
        (table(PluginTableCatalog.plugin, title: "The plugin's table")
            + table(PluginTableCatalog.setting, title: "Settings")
            + table(PluginTableCatalog.timer, title: "Timers")
            + table(PluginTableCatalog.events, title: "Events")
            + context + messages + sessions + functions + values).joined(separator: "\n") + "\n"
    }

    // MARK: Tables

    private static func table(_ described: LuaClass, title: String) -> [String] {
        ["### \(title)", "", described.doc, ""] + rows(described.members) + [""]
    }

    private static func rows(_ members: [LuaMember]) -> [String] {
        ["| key | type | |", "| --- | --- | --- |"]
            + members.map { "| `\($0.name)\($0.isOptional ? "?" : "")` | `\(escaped(short($0.type)))` | \(escaped($0.doc)) |" }
    }

    /// A type outside tables.
    private static func code(_ member: LuaMember) -> String {
        "`" + (member.type == "self" ? "msg" : short(member.type)) + (member.isOptional ? "?" : "") + "`"
    }

    /// Class names without their prefix.
    private static func short(_ type: String) -> String { type.replacing("hpush.", with: "") }

    /// A bar would end a table's cell, in code, too.
    private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }

    // MARK: ctx, msg and sessions

    private static var context: [String] {
        let entries = HostFunctionCatalog.all.filter { $0.owner == "ctx." || $0.owner == "ctx:" }
        return [
            "### ctx", "",
            """
            In `init`, timers and node events only `config`, `plugin` and `generation` are there. In `inbound.login_request` there is no \
            `session`, and `uid` is nil until a plugin accepts the login. It ends with its handler; it can't be changed.
            """, "",
        ] + fieldTable(entries) + [""] + list(entries)
    }

    private static var messages: [String] {
        var lines = [
            "### msg", "",
            """
            The fields of the inner message by their [proto names](protocol.md), read and written; a name that is not there is an error that \
            tells those that are. It ends with its handler; a copy does not.
            """, "", "| head type | from clients | to clients | fields |", "| --- | --- | --- | --- |",
        ]
        for type in MessageTypeDescription.all {
            let fields = type.fields.map(\.name).joined(separator: " ")
            lines.append(
                "| `\(type.name)` | \(type.isFromClients ? "inbound" : "") | \(type.isToClients ? "outbound" : "") | "
                    + (fields.isEmpty ? "" : "`\(fields)`") + " |")
        }
        return lines + [""] + list(HostFunctionCatalog.all.filter { $0.owner == "msg:" })
    }

    private static var sessions: [String] {
        let entries = HostFunctionCatalog.all.filter { $0.owner == "session." || $0.owner == "session:" }
        return [
            "### Sessions", "",
            """
            `ctx.session`, and what `hpush.sessions` gives. Two values of the same session are equal, and a session serves as a table key. Its \
            fields are nil once it has ended.
            """, "",
        ] + fieldTable(entries) + [""] + list(entries)
    }

    private static func fieldTable(_ entries: [HostFunctionDescription]) -> [String] {
        rows(
            entries.filter(\.isField).map { entry in
                let value = entry.results.first
                return LuaMember(entry.lastName + (value?.isOptional == true ? "?" : ""), value?.type ?? "any", entry.doc)
            })
    }

    // MARK: Functions

    /// Titles for names that belong together without a table of their own.
    private static let titles: [(title: String, names: Set<String>)] = [
        ("Verdicts", ["stop", "reject", "close"]), ("hpush.log", ["log"]), ("Time and ids", ["now", "monotonic", "uuid", "id"]),
        ("Waiting and work in the background", ["sleep", "spawn", "offload"]),
        ("Messages and notices", ["redirect", "nobody", "notify", "broadcast"]),
    ]

    private static var functions: [String] {
        var groups: [(title: String, entries: [HostFunctionDescription])] = []
        for entry in HostFunctionCatalog.all where entry.isInHpush {
            let root = String(entry.name.prefix { $0 != "." })
            let title = titles.first { $0.names.contains(root) }?.title ?? "hpush.\(root)"
            if let place = groups.firstIndex(where: { $0.title == title }) {
                groups[place].entries.append(entry)
            } else {
                groups.append((title, [entry]))
            }
        }
        return groups.flatMap { group in ["### \(group.title)", ""] + list(group.entries) }
    }

    private static func list(_ entries: [HostFunctionDescription]) -> [String] {
        entries.filter { !$0.isField || $0.isInHpush }.flatMap { entry in
            var lines = ["- `\(call(entry))`\(entry.waits ? " ~" : "")\(results(entry)): \(text(entry))"]
            lines += entry.parameters.filter { !$0.doc.isEmpty }.map { "  - `\($0.name)` (\(code($0))): \($0.doc)" }
            lines += entry.results.filter { !$0.doc.isEmpty }.map { "  - gives `\($0.name)`: \($0.doc)" }
            return lines
        } + [""]
    }

    private static func call(_ entry: HostFunctionDescription) -> String {
        let name = (entry.isInHpush ? "hpush." : "") + entry.name
        guard !entry.isField else { return name }
        return name + "(" + entry.parameters.map { $0.name + ($0.isOptional ? "?" : "") }.joined(separator: ", ") + ")"
    }

    private static func results(_ entry: HostFunctionDescription) -> String {
        guard !entry.isField, !entry.results.isEmpty else { return "" }
        return " → " + entry.results.map(code).joined(separator: ", ")
    }

    private static func text(_ entry: HostFunctionDescription) -> String {
        var text = entry.doc
        if let need = entry.need { text += " Needs `\(need)`." }
        // What waits is refused everywhere but in handlers; the page says so once.
        if !entry.waits, let places = LuaText.places(of: entry) {
            text += " Not \(places)."
        }
        return text + LuaText.since(entry)
    }

    private static var values: [String] {
        ["### Values", ""]
            + PluginTableCatalog.values.flatMap { value in
                ["**\(short(value.name))**: \(value.doc)", ""] + (value.members.isEmpty ? [] : rows(value.members) + [""])
            }
    }
}
