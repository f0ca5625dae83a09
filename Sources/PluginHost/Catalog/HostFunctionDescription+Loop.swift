// Where a function can be called: `init`, `save` and `restore` run apart from the loop, or between its messages.

extension HostFunctionDescription {
    /// Whether it needs the state's loop: it waits, sends something or asks for the connection. Refused in `init`, `save` and `restore`; the
    /// rest (shared, metrics, ids, digests, what sessions there are ...) may be called from any thread.
    public var needsLoop: Bool { refusedIn.contains(.lifecycle) }

    static func sends(_ name: String) -> Bool { ["session:send", "session:notify", "session:close"].contains(name) }

    /// As scripts write it.
    var scriptName: String { isInHpush ? "hpush." + name : name }
}
