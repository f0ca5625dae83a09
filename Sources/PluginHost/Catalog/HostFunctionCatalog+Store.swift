// Accounts and contacts, messages and groups.
extension HostFunctionCatalog {
    private static let reason = LuaMember(
        "reason?", "string", "\"busy\" when too much waits for the store already, \"unavailable\" when it does not answer")

    static let store: [HostFunctionDescription] = [
        .init(
            "store.user", need: "store", waits: true,
            "A user's account; nil where there is none. With `login` in mode open every uid counts as a user.",
            [.init("uid", "string")], returns: [.init("user?", "hpush.User")]),
        .init(
            "store.verify", need: "store", waits: true,
            "Whether a password is the user's; also false where there is no such user. nil when it could not be found out.",
            [.init("uid", "string"), .init("password", "string")], returns: [.init("right?", "boolean"), reason]),
        .init(
            "store.contacts", need: "store", waits: true, "The uids of a user's contacts. nil when they could not be found out.",
            [.init("uid", "string")], returns: [.init("uids?", "string[]"), reason]),
        .init(
            "store.save", need: "store", waits: true,
            """
            Stores a message and waits until it is on the disk; `msg.server_id` and `msg.conversation_seq` are set then, and its sender, if it \
            asked for receipts, is told that it is accepted when the handlers are done. nil and a reason where it is not stored: "full", \
            "no such group", "not a member", "too large", "busy", "unavailable". `duplicate`: it was stored before, and whoever it is for gets it from the \
            store; do not redirect it again.
            """,
            [
                .init("msg", "hpush.MessageRequest", "msg of message_request, or a copy"),
                .init("options?", "table", "max_messages: messages that may wait for a user whom no device of theirs has got"),
            ],
            returns: [
                .init("stored?", "hpush.Stored"),
                .init("reason?", "string", "why it is not stored"),
            ]),
        .init(
            "store.history", need: "store", waits: true,
            "Messages of a conversation in their order, as tables of their fields. nil when they could not be found out.",
            [
                .init("conversation", "string|string[]", "\"group:NAME\", or two users { \"alice\", \"bob\" }"),
                .init("after_seq?", "integer", "only what comes after this conversation_seq; 0 unless given"),
                .init("limit?", "integer", "1 to 1000; 100 unless given"),
            ], returns: [.init("messages?", "table[]"), .init("reason?", "string", "\"busy\" or \"unavailable\"")]),
        .init(
            "store.group", need: "store", waits: true, "The uids of a group's members; nil where there is no such group.",
            [.init("name", "string")], returns: [.init("uids?", "string[]"), .init("reason?", "string", "\"busy\" or \"unavailable\"")]),
        .init(
            "store.member", need: "store", waits: true,
            "How many members a group has, and whether a user is one of them; nil where there is no such group.",
            [.init("group", "string"), .init("uid", "string")],
            returns: [
                .init("count?", "integer"), .init("is_member?", "boolean|string", "with nil: the reason where it could not be found out"),
            ]),
        .init(
            "store.expire", need: "store", waits: true,
            "Removes messages that are older, the oldest first, some hundred in a call. How many it removed: call it until that is 0.",
            [.init("seconds", "number", "age")],
            returns: [.init("count?", "integer"), .init("reason?", "string", "\"busy\" or \"unavailable\"")]),
    ]
}
