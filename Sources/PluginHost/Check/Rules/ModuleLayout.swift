/// What stands where in the table that a plugin's main file returns, as far as the text tells.
struct ModuleLayout {
    struct Entry {
        /// From the plugin's table on: ["inbound", "message_request"].
        var path: [String]
        /// Of its key.
        var place: SourcePlace
        var value: LuaExpression
    }

    /// Sections of handlers.
    static let sections: Set<String> = ["inbound", "outbound", "events", "routes", "offload"]
    static let keys = Set(PluginTableCatalog.plugin.members.map(\.name))

    private(set) var entries: [Entry] = []
    private var module: LuaLocal?
    /// Tables in local variables that became part of the plugin's.
    private var aliases: [ObjectIdentifier: [String]] = [:]

    init(_ chunk: LuaChunk) {
        guard case .leave(let values)? = chunk.body.last, let returned = values.first else { return }
        module = returned.root
        if case .table(let fields) = returned.kind { add(fields, to: []) }
        if let module, case .table(let fields)? = module.value?.kind { add(fields, to: []) }
        // Twice, since a table may get its functions before it gets its place.
        for isLast in [false, true] { visit(chunk.body, defines: isLast) }
    }

    /// The last entry of a path: what is assigned later is what the loader sees.
    func entry(_ path: [String]) -> Entry? { entries.last { $0.path == path } }

    /// Handlers with their section: those of messages, events, routes, and init, save, restore and timers.
    var handlers: [(section: String, name: String, entry: Entry)] {
        entries.compactMap { entry in
            switch entry.path.count {
            case 2 where Self.sections.contains(entry.path[0]): (entry.path[0], entry.path[1], entry)
            case 1 where ["init", "save", "restore"].contains(entry.path[0]): (entry.path[0], "", entry)
            case 3 where entry.path[0] == "timers" && entry.path[2] == "run": ("timers", entry.path[1], entry)
            default: nil
            }
        }
    }

    /// What `needs` names.
    var needs: [(name: String, place: SourcePlace)] {
        guard case .table(let fields)? = entry(["needs"])?.value.kind else { return [] }
        return fields.compactMap { field in
            guard case .literal(let name?) = field.value.kind else { return nil }
            return (name, field.place)
        }
    }

    // MARK: Collecting

    private mutating func visit(_ statements: [LuaStatement], defines: Bool) {
        for statement in statements {
            switch statement {
            case .assign(let targets, let values):
                for (target, value) in zip(targets, values) {
                    guard let path = path(target), !path.isEmpty else { continue }
                    if defines {
                        define(path, at: target.keyPlace ?? target.place, value)
                    } else if let root = value.root {
                        aliases[ObjectIdentifier(root)] = path
                    }
                }
            case .block(let body): visit(body, defines: defines)
            case .conditional(let branches, let otherwise):
                for branch in branches { visit(branch.body, defines: defines) }
                visit(otherwise ?? [], defines: defines)
            default: break
            }
        }
    }

    private func path(_ expression: LuaExpression) -> [String]? {
        switch expression.kind {
        case .name:
            guard let root = expression.root else { return nil }
            return root === module ? [] : aliases[ObjectIdentifier(root)]
        case .index(let base, let key?, _): return path(base).map { $0 + [key] }
        default: return nil
        }
    }

    private mutating func define(_ path: [String], at place: SourcePlace, _ value: LuaExpression) {
        entries.append(Entry(path: path, place: place, value: value))
        if path.count > 2 { return }
        if case .table(let fields) = value.kind { return add(fields, to: path) }
        if let root = value.root, case .table(let fields)? = root.value?.kind {
            aliases[ObjectIdentifier(root)] = path
            add(fields, to: path)
        }
    }

    private mutating func add(_ fields: [LuaField], to path: [String]) {
        var position = 0
        for field in fields {
            if field.name == nil, field.key == nil { position += 1 }
            guard let name = field.name ?? (field.key == nil ? "\(position)" : nil) else { continue }
            define(path + [name], at: field.place, field.value)
        }
    }
}
