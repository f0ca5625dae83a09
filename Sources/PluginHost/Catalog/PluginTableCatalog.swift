/// The table that a plugin returns, and what stands in it.
public enum PluginTableCatalog {
    public static let plugin = LuaClass(
        "hpush.Plugin", "The table that a plugin's file returns.",
        [
            .init("api", "1", "the host API it is written for"),
            .init("version?", "string", "shown by `hpush plugin list`, and handed to the next version's `restore`"),
            .init("config?", "table<string, hpush.Setting>", "the settings it has, by name; the configuration is checked against it"),
            .init("needs?", "hpush.Need[]", "host API beyond the basics; what is not named is not there"),
            .init("inbound?", "hpush.Inbound", "handlers of what clients send, by head type"),
            .init("outbound?", "hpush.Outbound", "handlers of what goes to a session, by head type; they may not wait"),
            .init("events?", "hpush.Events", "handlers of what happens on the node"),
            .init(
                "routes?", "table<string, fun(ctx: hpush.Context, body: string): string|hpush.Verdict|nil>",
                "handlers of CUSTOM_REQUESTs by route; the string they return is the answer's body"),
            .init("timers?", "hpush.Timer[]", "what runs again and again"),
            .init(
                "offload?", "table<string, fun(...: any): ...: any>",
                "functions for `hpush.offload`: they run on other threads, in a Lua state of their own; values in, values out"),
            .init("init?", "fun(ctx: hpush.BareContext)", "runs once in each Lua state, before it sees traffic"),
            .init("save?", "fun(): any", "at a reload: what the next generation gets, a plain value; it must change nothing"),
            .init("restore?", "fun(state: any, old_version: string?)", "at a reload: takes over what `save` of the old generation gave"),
        ])

    public static let setting = LuaClass(
        "hpush.Setting", "One entry of a plugin's `config`: what a setting may be.",
        [
            .init(
                "type", SettingSchema.Kind.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: "|"),
                "`file`: a path, from the plugins' folder on; the plugin gets the file's text"),
            .init("default?", "any", "what it is where the configuration says nothing; without one it is nil then"),
            .init("min?", "number", "the least number"),
            .init("max?", "number", "the greatest number"),
            .init("enum?", "(string|number)[]", "all values it may have"),
            .init("help?", "string", "one line for people"),
        ])

    public static let timer = LuaClass(
        "hpush.Timer", "One entry of a plugin's `timers`.",
        [
            .init("every", "number", "seconds, from 0.01"),
            .init("run", "fun(ctx: hpush.BareContext)"),
            .init("each_loop?", "boolean", "true: it runs on every event loop; else on one, so once a node"),
        ])

    public static let events = LuaClass(
        "hpush.Events", "Handlers of what happens on the node. An error in one is logged and stops nothing.",
        [
            .init("session_open?", "fun(ctx: hpush.Context)", "somebody has logged in, and is told so already"),
            .init("session_close?", "fun(ctx: hpush.Context)", "a session has ended; `ctx.session` still says what it was"),
            .init(
                "undeliverable?", "fun(ctx: hpush.Context, msg: hpush.MessageRequest)",
                "a message was refused with code 6 or 9: there was nobody to take it"),
            .init("node_up?", "fun(ctx: hpush.BareContext, node: hpush.Node)", "another node has joined the cluster"),
            .init("node_down?", "fun(ctx: hpush.BareContext, node: hpush.Node)", "another node has left the cluster"),
        ])

    /// Those of a message_request; other types have theirs.
    private static let messageFields = (MessageTypeDescription.all.first { $0.name == "message_request" }?.fields ?? []).map {
        LuaMember($0.name + "?", $0.type)
    }

    /// What functions take and give.
    public static let values: [LuaClass] = [
        LuaClass("hpush.Verdict", "What a handler returns to decide: `hpush.stop`, `hpush.reject{}` or `hpush.close{}`; nothing goes on."),
        LuaClass(
            "hpush.Refusal", "What the client is told.",
            [
                .init("code?", "integer", "7, rejected by a rule, unless given; codes are in docs/protocol.md"),
                .init("info?", "string", "for people"),
            ]),
        LuaClass("hpush.Accepted", "Who is let in.", [.init("uid", "string", "1 to 255 bytes")]),
        LuaClass(
            "hpush.Redirected", "How far a message got.",
            [.init("sessions", "integer", "sessions it was queued for"), .init("nodes", "integer", "nodes they are on")]),
        LuaClass(
            "hpush.HttpRequest", "What `hpush.http` is asked to do.",
            [
                .init("url", "string", "http:// or https://"), .init("method?", "string", "GET unless given"),
                .init("headers?", "table<string, string|integer>"), .init("body?", "string", "1 MB at most"),
                .init("timeout?", "number", "seconds until the whole answer is there; 3 unless given, `plugins.limits.wait_ms` at most"),
            ]),
        LuaClass(
            "hpush.HttpResponse", "What a service answered.",
            [
                .init("status", "integer", "200, 404 and so on"),
                .init("headers", "table<string, string>", "by name in lower case; several of one name are joined by a comma"),
                .init("body", "string", "bytes, 1 MB at most"),
            ]),
        LuaClass("hpush.User", "An account.", [.init("id", "string", "the uid")]),
        LuaClass(
            "hpush.Stored", "A message in the store.",
            [
                .init("server_id", "integer", "the node's number for it"),
                .init("conversation_seq", "integer", "1, 2, 3 ... in its conversation"),
                .init("duplicate", "boolean", "whether its sender had sent it before"),
            ]),
        LuaClass(
            "hpush.Node", "A node of the cluster. A node that stands alone has id 0.",
            [
                .init("id", "integer", "new at each registration"), .init("name", "string", "`node.name` of its configuration"),
                .init("balance", "integer", "sessions, at most a second late"), .init("host?", "string", "where clients reach it"),
                .init("port?", "integer"), .init("draining?", "boolean", "it takes no newcomers"),
            ]),
        LuaClass(
            "hpush.Outgoing", "A message as a table: its type, and fields by the names they have in msg.",
            [.init("type?", "hpush.HeadType", "message_request unless given"), .init("sequence?", "integer")]
                + messageFields),
    ]
}
