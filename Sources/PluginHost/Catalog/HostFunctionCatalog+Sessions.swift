// Sessions and what leads to them.
extension HostFunctionCatalog {
    /// What reaches sessions needs a loop in traffic.
    private static let handlersOnly: Set<HostPlace> = [.loading, .lifecycle, .offload]

    static let sessions: [HostFunctionDescription] = [
        .init(
            "sessions.of_user", need: "sessions", waits: true, "The sessions of a user on all nodes, the oldest first.",
            [.init("uid", "string")], returns: [.init("sessions", "hpush.Session[]")]),
        .init(
            "sessions.get", need: "sessions", "The session with an id; nil where it has ended.",
            [.init("id", "string", "32 hex digits, as `session.id`")], returns: [.init("session?", "hpush.Session")],
            refusedIn: handlersOnly),
        .init(
            "sessions.local_count", need: "sessions", "How many sessions this node has.", returns: [.init("count", "integer")],
            refusedIn: handlersOnly),
    ]

    static let sessionObject: [HostFunctionDescription] = [
        .field("session.id", "string", "32 hex digits that name the session; no credential."),
        .field("session.uid", "string", "The user."),
        .field("session.device", "string", "`deviceId` of the login."),
        .field("session.platform", "integer", "`platform` of the login."),
        .field("session.remote", "string", "The client's address, \"HOST:PORT\"."),
        .field("session.node", "string", "Name of the node that holds the session."),
        .field("session.since", "number", "When it opened, Unix time in seconds."),
        .init(
            "session:send",
            "Sends a message to this session alone, past the pipeline's inbound handlers. True when it was queued.",
            [
                .init(
                    "message", "hpush.Message|hpush.Outgoing",
                    "msg, a copy, or a table such as { type = \"message_request\", to = \"bob\", content = \"hi\" }")
            ], returns: [.init("queued", "boolean")], refusedIn: handlersOnly),
        .init(
            "session:notify", "Sends a MESSAGE_NOTIFICATION with the table as its JSON. True when it was queued.",
            [.init("notice", "table", "the bundled plugins use { type = NUMBER, data = { ... } }")], returns: [.init("queued", "boolean")],
            refusedIn: handlersOnly),
        .init(
            "session:close",
            "Ends the session after what waits for it is sent. The client gets a LOGOUT_RESPONSE with the reason, so that it stays away.",
            [.init("reason?", "string")], refusedIn: handlersOnly),
        .init(
            "session:get", "An attribute of the session; nil where there is none.", [.init("key", "string")],
            returns: [.init("value?", "any", "a string, a number or a boolean")], refusedIn: handlersOnly),
        .init(
            "session:set",
            "Keeps an attribute with the session, all plugins see it. It outlives reloads and ends with the session. At most 64 each.",
            [
                .init("key", "string", "1 to 64 bytes"),
                .init("value", "string|number|boolean|nil", "nil removes it; a string has 4096 bytes at most"),
            ],
            refusedIn: handlersOnly),
    ]
}
