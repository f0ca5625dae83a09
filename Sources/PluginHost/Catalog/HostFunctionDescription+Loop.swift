// Where a function can be called: `init`, `save` and `restore` run apart from the loop, or between its messages.

extension HostFunctionDescription {
    /// Whether it needs the state's loop in traffic: it waits, or reaches sessions. Refused in `init`, `save` and `restore`; the rest
    /// (shared, metrics, ids, digests ...) may be called from any thread.
    public var needsLoop: Bool { refusedIn.contains(.lifecycle) }

    static func reachesSessions(_ name: String, need: String?) -> Bool {
        need == "sessions" || need == "notify" || name.hasPrefix("session:") || name.hasPrefix("session.")
    }

    /// As scripts write it.
    var scriptName: String { isInHpush ? "hpush." + name : name }
}
