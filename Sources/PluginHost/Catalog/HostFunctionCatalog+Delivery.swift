// Messages and notices on their way to users.
extension HostFunctionCatalog {
    static let redirecting: [HostFunctionDescription] = [
        .init(
            "redirect", need: "redirect", waits: true,
            """
            Queues a message for all sessions of a user on all nodes, past the pipeline's inbound handlers. `from` and `to` stay what they \
            are in the message. It returns when the message is queued, not when it has arrived.
            """,
            [
                .init("msg", "hpush.MessageRequest", "msg of message_request, or a copy"),
                .init("uid?", "string", "the user; `msg.to` unless given"),
            ], returns: [.init("reached", "hpush.Redirected", "`hpush.nobody` where the user is not online: its `sessions` is 0")]),
        .field(
            "nobody", "hpush.Redirected", need: "redirect",
            "What `hpush.redirect` gives when the message reached no session: `if hpush.redirect(msg) == hpush.nobody then ... end`."),
    ]

    static let notices: [HostFunctionDescription] = [
        .init(
            "notify", need: "notify", waits: true,
            "Sends a MESSAGE_NOTIFICATION to all sessions of a user. How many sessions it was queued for.",
            [.init("uid", "string"), .init("notice", "table", "becomes the notification's JSON")], returns: [.init("sessions", "integer")]),
        .init(
            "broadcast", need: "notify", waits: true, "Sends a MESSAGE_NOTIFICATION to every session.",
            [.init("notice", "table", "becomes the notification's JSON")]),
    ]
}
