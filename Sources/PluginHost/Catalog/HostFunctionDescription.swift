/// What a host function is, apart from what it does: the node, `plugin check` and the documentation read the same.
public struct HostFunctionDescription: Sendable, Hashable {
    /// As in `HostFunction.name`: "notify", "sessions.of_user", "session:send", "session.uid", "ctx.remote".
    public let name: String
    /// What a plugin's `needs` must name for it to be there; nil: it is there for all.
    public let need: String?
    /// Whether a call may wait.
    public let waits: Bool

    init(_ name: String, need: String? = nil, waits: Bool = false) {
        self.name = name
        self.need = need
        self.waits = waits
    }

    /// Whether scripts find it under `hpush`, and not at a session or ctx.
    var isInHpush: Bool { !name.contains(":") && !name.hasPrefix("session.") && !name.hasPrefix("ctx.") }
}

extension HostFunction {
    /// A function of the catalog, with what it does.
    public init(
        _ description: HostFunctionDescription, run: @escaping @Sendable (_ call: HostCall, _ services: Services) throws -> HostAnswer
    ) {
        self.init(description.name, need: description.need, waits: description.waits, run: run)
    }

    public var description: HostFunctionDescription { HostFunctionDescription(name, need: need, waits: waits) }
}
