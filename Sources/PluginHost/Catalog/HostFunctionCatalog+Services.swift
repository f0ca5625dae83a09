// What is done elsewhere: other services, worker threads.
extension HostFunctionCatalog {
    static let outside: [HostFunctionDescription] = [
        .init(
            "http", need: "http", waits: true,
            """
            Asks another service and waits for the whole answer, of any status; nil and a reason where there is none: "timeout", "busy", \
            "can't connect to ...". Redirects are not followed, certificates are verified. A wrong request is an error.
            """, [.init("request", "hpush.HttpRequest")],
            returns: [.init("response?", "hpush.HttpResponse"), .init("reason?", "string", "for the log")]),
        .init(
            "redis", need: "redis", waits: true,
            """
            Sends a command to the Redis of `cluster.redis.url` and waits for its answer: a string, an integer, a list, a table by key (HGETALL); \
            nil where there is nothing. When Redis refuses it or is not there: nil and the reason. Commands that block or change the \
            connection (BLPOP, SUBSCRIBE, MULTI, SELECT ...) are errors, for all handlers share it.
            """,
            [.init("command", "string", "such as \"INCR\""), .init("...", "string|number", "its arguments")],
            returns: [.init("answer?", "any"), .init("reason?", "string", "for the log")]),
    ]

    static let offload: [HostFunctionDescription] = [
        .init(
            "offload", need: "offload", waits: true,
            """
            Runs a function of the plugin's `offload` on a worker thread, in a Lua state of its own, and waits for what it returns: for work \
            that would hold up the loop. Values are copied, and sessions and messages can't go along. An error of the function is raised here.
            """,
            [
                .init("name", "string", "of a function in the plugin's `offload`"),
                .init("...", "any", "its arguments, 2 MB at most"),
            ], returns: [.init("...", "any", "what it returns, 2 MB at most; nil and \"busy\" where too many calls wait")])
    ]

    /// Hashes are slow by design: they are computed off the loops.
    static let passwords: [HostFunctionDescription] = [
        .init(
            "crypto.password_hash", need: "crypto", waits: true,
            "A password's hash to be kept, with a salt in it (scrypt, PHC format). nil where too many hashes wait.",
            [.init("text", "string", "the password")],
            returns: [.init("hash?", "string"), .init("reason?", "string", "\"busy\"")], refusedIn: [.loading, .lifecycle, .outbound]),
        .init(
            "crypto.password_verify", need: "crypto", waits: true,
            "Whether a password is the one that a hash was made of. nil where too many hashes wait.",
            [.init("text", "string", "the password"), .init("hash", "string", "of `crypto.password_hash`")],
            returns: [.init("right?", "boolean"), .init("reason?", "string", "\"busy\"")], refusedIn: [.loading, .lifecycle, .outbound]),
    ]
}
