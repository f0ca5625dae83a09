// What every plugin has: verdicts, log, time, ids, encodings, work in the background.
extension HostFunctionCatalog {
    private static let refusal = LuaMember("refusal?", "hpush.Refusal", "code and info for the client; code is 7 unless given")

    static let verdicts: [HostFunctionDescription] = [
        .field("stop", "hpush.Verdict", "The verdict \"handled\": return it, and no later plugin sees the message."),
        .init(
            "reject",
            """
            The verdict "refused": return it, and the sender gets the failure of the message's own kind; no later plugin sees the message. \
            A rejected login closes the connection.
            """, [refusal], returns: [.init("verdict", "hpush.Verdict")], refusedIn: [.loading, .lifecycle, .offload]),
        .init(
            "close", "As `hpush.reject`, and then the connection closes.", [refusal], returns: [.init("verdict", "hpush.Verdict")],
            refusedIn: [.loading, .lifecycle, .offload]),
    ]

    static let logging: [HostFunctionDescription] =
        [
            .init(
                "log", "Writes a line to the node's log, at level info. At most 4096 bytes of it are kept.",
                [.init("text", "any", "turned into text by tostring")])
        ]
        + ["debug", "info", "warning", "error"].map { level in
            .init("log.\(level)", "Writes a line to the node's log, at level \(level).", [.init("text", "any")])
        }

    static let times: [HostFunctionDescription] = [
        .init("now", "The time of day as Unix time, in seconds with a fraction.", returns: [.init("seconds", "number")]),
        .init(
            "monotonic",
            "Seconds on a clock that never goes back, from an arbitrary start: for intervals. It shows when the loop's present turn began, and "
                + "so stands still while a handler runs without waiting.",
            returns: [.init("seconds", "number")]),
        .init("uuid", "A random UUID in its text form, in lower case.", returns: [.init("uuid", "string")]),
    ]

    static let encodings: [HostFunctionDescription] = [
        .init(
            "json.encode",
            "A value as JSON. A table with the keys 1 to n is an array, any other an object with its keys in order; an empty table is {}.",
            [.init("value", "any", "nil, boolean, number, string or a table of them, 32 levels deep at most")],
            returns: [.init("text", "string")]),
        .init(
            "json.decode", "The value that a JSON text says; null is nil. Text that is no JSON raises an error.",
            [.init("text", "string")], returns: [.init("value", "any")]),
        .init("base64.encode", "Bytes as base64, with padding.", [.init("bytes", "string")], returns: [.init("text", "string")]),
        .init(
            "base64.decode", "The bytes that a base64 text says; nil where it is none.", [.init("text", "string")],
            returns: [.init("bytes?", "string")]),
    ]

    static let spawning: [HostFunctionDescription] = [
        .init(
            "spawn",
            """
            Runs a function after the handler, by itself: nobody waits for it, it may wait as often as it likes, and its errors are \
            logged. It has no ctx; copy what it needs into locals. It ends with its generation.
            """, [.init("run", "fun()")], refusedIn: [.loading, .offload])
    ]

    static let background: [HostFunctionDescription] = [
        .init(
            "id",
            "A new id, unique in the cluster. An integer, or a string where `ids.generator` is uuid.",
            returns: [.init("id", "integer|string")], refusedIn: [.loading]),
        .init("sleep", waits: true, "Waits.", [.init("seconds", "number", "0 to 86400")]),
    ]
}
