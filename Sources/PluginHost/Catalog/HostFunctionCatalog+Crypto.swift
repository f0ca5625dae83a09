// Digests and the gate's tokens.
extension HostFunctionCatalog {
    static let crypto: [HostFunctionDescription] = [
        .init(
            "crypto.sha256", need: "crypto", "The SHA-256 of bytes, as 64 hex digits in lower case.", [.init("text", "string")],
            returns: [.init("digest", "string")], refusedIn: [.loading]),
        .init(
            "crypto.hmac", need: "crypto", "The HMAC-SHA-256 of bytes, as 64 hex digits in lower case.",
            [.init("key", "string"), .init("text", "string")], returns: [.init("code", "string")], refusedIn: [.loading]),
        .init(
            "crypto.constant_time_equal", need: "crypto",
            "Whether two strings are equal, in a time that tells nothing of where they differ: for secrets.",
            [.init("left", "string"), .init("right", "string")], returns: [.init("equal", "boolean")], refusedIn: [.loading]),
    ]

    static let tokens: [HostFunctionDescription] = [
        .init(
            "token.verify", need: "token", waits: true,
            "The uid that a token of the gate is good for; nil where it is not valid (any more).",
            [.init("token", "string")], returns: [.init("uid?", "string")]),
        .init(
            "token.issue", need: "token", waits: true, "A token that lets the user log in, as the gate gives it.",
            [.init("uid", "string"), .init("seconds?", "number", "how long it is good for: 1 to 31622400")],
            returns: [.init("token", "string")]),
    ]
}
