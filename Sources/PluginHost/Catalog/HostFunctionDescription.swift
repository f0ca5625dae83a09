/// What a host function, or a field that scripts can read, is apart from what it does. The node, `plugin check`, the types for editors and
/// the documentation all go by it.
public struct HostFunctionDescription: Sendable, Hashable {
    /// As in `HostFunction.name`: "notify", "sessions.of_user", "session:send", "session.uid", "ctx.remote".
    public let name: String
    /// What a plugin's `needs` must name for it to be there; nil: it is there for all.
    public let need: String?
    /// Whether a call may wait.
    public let waits: Bool
    /// What it does: sentences; "" until somebody describes it, which a test refuses.
    public let doc: String
    public let parameters: [LuaMember]
    /// Of a field: the one value it has.
    public let results: [LuaMember]
    /// Where it may not be called.
    public let refusedIn: Set<HostPlace>
    /// The release it came with.
    public let since: String

    /// - Parameter refusedIn: nil is what the host does with all of its kind: what waits is for handlers other than outbound ones.
    init(
        _ name: String, need: String? = nil, waits: Bool = false, _ doc: String = "", _ parameters: [LuaMember] = [],
        returns results: [LuaMember] = [], refusedIn: Set<HostPlace>? = nil, since: String = "0.1"
    ) {
        self.name = name
        self.need = need
        self.waits = waits
        self.doc = doc
        self.parameters = parameters
        self.results = results
        let refused = refusedIn ?? (waits ? Set(HostPlace.allCases) : [])
        self.refusedIn = Self.sends(name) ? refused.union([.lifecycle]) : refused
        self.since = since
    }

    /// A field, which is read and not called.
    static func field(_ name: String, _ type: String, need: String? = nil, _ doc: String) -> Self {
        let value = LuaMember(type.hasSuffix("?") ? "value?" : "value", type.hasSuffix("?") ? String(type.dropLast()) : type)
        return Self(name, need: need, doc, returns: [value])
    }

    /// Whether it is read and not called.
    public var isField: Bool { name == "stop" || name == "nobody" || owner == "session." || owner == "ctx." }

    /// Whether scripts find it under `hpush`, and not at a session, ctx or msg.
    var isInHpush: Bool { owner == nil }

    /// "session:", "ctx." and the like: what scripts find it at; nil where that is `hpush`.
    var owner: String? {
        for object in ["session", "ctx", "msg"] {
            for mark in [".", ":"] where name.hasPrefix(object + mark) { return object + mark }
        }
        return nil
    }

    /// The name alone: "of_user", "send".
    var lastName: String { name.split { $0 == "." || $0 == ":" }.last.map(String.init) ?? name }
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
