// ctx and msg, what a handler is called with.
extension HostFunctionCatalog {
    /// What the bridge knows of the execution.
    static let bridgeContext: [HostFunctionDescription] = [
        .field("ctx.config", "table<string, any>", "The plugin's settings, checked, with defaults filled in."),
        .field("ctx.plugin", "string", "The plugin's name."),
        .field("ctx.generation", "integer", "Number of the running generation: one more at each reload."),
        .field("ctx.type", "hpush.HeadType|integer?", "The message's head type; a number where the host does not know it."),
        .field("ctx.sequence", "integer", "The message's `sequence`, which its answer repeats."),
        .field("ctx.uid", "string", "The session's user: verified, unlike what a message says. Outbound: the recipient."),
        .field("ctx.session", "hpush.Session", "The session. Outbound: the recipient's."),
        .init(
            "ctx:accept",
            """
            Lets the login in as a user and goes on: later plugins may still refuse it, and the session opens at the pipeline's end. A login \
            that nobody accepts is refused.
            """, [.init("login", "hpush.Accepted")], refusedIn: [.loading, .lifecycle, .outbound, .offload]),
    ]

    /// What the host knows of it.
    static let hostContext: [HostFunctionDescription] = [
        .field("ctx.remote", "string", "The client's address, \"HOST:PORT\"; an IPv6 host stands in brackets."),
        .field("ctx.transport", "string", "How the client is connected: tcp or websocket."),
    ]

    static let messageObject: [HostFunctionDescription] = [
        .init("msg:size", "Bytes of the message's body as it would be sent now.", returns: [.init("bytes", "integer")]),
        .init(
            "msg:copy",
            "A message of its own with the same fields, which outlives the handler. Its changes are not those of msg.",
            returns: [.init("copy", "self")]),
    ]
}
