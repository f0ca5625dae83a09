/// `hpush.d.lua`: the host API as annotations of lua-language-server, written from the catalog.
public enum LuaDefinitions {
    /// A test refuses a file that differs.
    public static func text() -> String {
        let parts =
            [introduction] + [aliases] + contextClasses + [messageObject] + messageClasses + [sessionClass]
            + PluginTableCatalog.values.map(definition) + pluginTable + hostTable + [libraries, LuaTestDefinitions.text]
        return parts.joined(separator: "\n\n") + "\n"
    }

    private static let introduction = """
        ---@meta _

        -- The API of HPush for plugins, for editors with lua-language-server. The node does not read this file.
        -- Written by scripts/docs --write (and by `hpush plugin new`) from the description of the API: do not change it by hand.
        --
        -- Put `---@type hpush.Plugin` before a plugin's table, and its handlers know what ctx and msg are.
        """

    // MARK: Names

    private static var aliases: String {
        alias("hpush.Need", "What a plugin's `needs` may name.", HostFunctionCatalog.needs.sorted())
            + "\n\n" + alias("hpush.HeadType", "The kinds of messages.", MessageTypeDescription.all.map(\.name))
    }

    private static func alias(_ name: String, _ doc: String, _ words: [String]) -> String {
        (["---\(doc)", "---@alias \(name)"] + words.map { "---| \"\($0)\"" }).joined(separator: "\n")
    }

    // MARK: ctx and msg

    /// What ctx has wherever a plugin's code runs.
    private static let bare: Set = ["ctx.config", "ctx.plugin", "ctx.generation"]

    private static var contextClasses: [String] {
        let entries = HostFunctionCatalog.all.filter { $0.owner == "ctx." }
        let accept = HostFunctionCatalog.all.filter { $0.owner == "ctx:" }
        return [
            header("hpush.BareContext", "ctx where no session is concerned: `init`, timers, node events.")
                + fields(entries.filter { bare.contains($0.name) }),
            header("hpush.Context", "ctx of handlers. It ends with its handler.", parent: "hpush.BareContext")
                + fields(entries.filter { !bare.contains($0.name) }),
            object(
                header(
                    "hpush.LoginContext", "ctx of inbound.login_request. There is no session yet, and uid is nil until a plugin accepts.",
                    parent: "hpush.Context") + "\n---@field uid? string\n---@field session nil", "LoginContext", accept),
        ]
    }

    private static var messageObject: String {
        object(
            header("hpush.Message", "msg: fields by their names in the wire protocol, read and written. It ends with its handler."),
            "Message", HostFunctionCatalog.all.filter { $0.owner == "msg:" })
    }

    private static var messageClasses: [String] {
        MessageTypeDescription.all.map { type in
            header(type.className, type.wireName, parent: "hpush.Message") + type.fields.map(field).joined()
        }
    }

    private static var sessionClass: String {
        let entries = HostFunctionCatalog.all
        return object(
            header(
                "hpush.Session",
                "A session. Two values of the same session are equal; it serves as a table key. Fields are nil once it has ended.")
                + fields(entries.filter { $0.owner == "session." }), "Session", entries.filter { $0.owner == "session:" })
    }

    // MARK: The plugin's table

    private static var pluginTable: [String] {
        [
            definition(PluginTableCatalog.setting), definition(PluginTableCatalog.timer), definition(PluginTableCatalog.events),
            handlers(
                "hpush.Inbound", "Handlers of what clients send. HEART_BEAT is the core's.",
                MessageTypeDescription.all.filter(\.isFromClients)),
            handlers(
                "hpush.Outbound", "Handlers of what goes to a session. They may not wait; `hpush.stop` keeps the message from the session.",
                MessageTypeDescription.all.filter(\.isToClients)),
            definition(PluginTableCatalog.plugin),
        ]
    }

    private static func handlers(_ name: String, _ doc: String, _ types: [MessageTypeDescription]) -> String {
        header(name, doc)
            + types.map { type in
                let context = type.name == "login_request" ? "hpush.LoginContext" : "hpush.Context"
                return "\n---@field \(type.name)? fun(ctx: \(context), msg: \(type.className)): hpush.Verdict?"
            }.joined()
            + "\n---@field [\"*\"]? fun(ctx: hpush.Context, msg: hpush.Message): hpush.Verdict? # all types that have no handler of their own here"
    }

    // MARK: hpush

    private static var hostTable: [String] {
        let entries = HostFunctionCatalog.all.filter(\.isInHpush)
        let roots = Set(entries.filter { $0.name.contains(".") }.compactMap { $0.name.split(separator: ".").first.map(String.init) })
        var opened: Set<String> = []
        var parts = [header("hpush", "The host.") + "\nhpush = {}"]
        for entry in entries {
            let root = String(entry.name.prefix { $0 != "." })
            if roots.contains(root), opened.insert(root).inserted {
                let call = entries.first { $0.name == root }
                parts.append(
                    (call.map { "---\(LuaText.doc(of: $0))\n---@class hpush.\(root)lib\n---@overload \(LuaText.signature(of: $0))" }
                        ?? "---@class hpush.\(root)lib") + "\nhpush.\(root) = {}")
            }
            if !roots.contains(entry.name) { parts.append(LuaText.definition(of: entry, in: "hpush.")) }
        }
        return parts
    }

    /// Lua's libraries that are there in part only; `.luarc.json` takes the editor's own away.
    private static let libraries = """
        ---What plugins have of Lua's os library.
        ---@class oslib
        os = {}

        ---Processor time of the node, in seconds: for measuring.
        ---@return number seconds
        function os.clock() end

        ---@param format? string # "!%H:%M" and the like; "!" is UTC
        ---@param time? integer
        ---@return string|osdate date
        function os.date(format, time) end

        ---@param later integer
        ---@param earlier integer
        ---@return number seconds
        function os.difftime(later, earlier) end

        ---@param date? { year: integer, month: integer, day: integer, hour?: integer, min?: integer, sec?: integer, isdst?: boolean }
        ---@return integer time
        function os.time(date) end

        ---@class osdate
        ---@field year integer
        ---@field month integer
        ---@field day integer
        ---@field hour integer
        ---@field min integer
        ---@field sec integer
        ---@field wday integer
        ---@field yday integer
        ---@field isdst boolean
        """

    // MARK: Pieces

    private static func header(_ name: String, _ doc: String, parent: String? = nil) -> String {
        "---\(doc)\n---@class \(name)" + (parent.map { " : \($0)" } ?? "")
    }

    static func definition(_ described: LuaClass) -> String {
        header(described.name, described.doc, parent: described.parent) + described.members.map(field).joined()
    }

    private static func fields(_ entries: [HostFunctionDescription]) -> String {
        entries.map { entry in
            let value = entry.results.first
            return "\n---@field \(entry.lastName)\(value?.isOptional == true ? "?" : "") \(value?.type ?? "any") # \(entry.doc)"
        }.joined()
    }

    static func field(_ member: LuaMember) -> String {
        "\n---@field \(member.name)\(member.isOptional ? "?" : "") \(member.type)" + (member.doc.isEmpty ? "" : " # \(member.doc)")
    }

    /// A class with methods: they are defined on a local table.
    private static func object(_ head: String, _ local: String, _ methods: [HostFunctionDescription]) -> String {
        ([head + "\nlocal \(local) = {}"] + methods.map { LuaText.definition(of: $0, in: "\(local):") }).joined(separator: "\n\n")
    }
}
