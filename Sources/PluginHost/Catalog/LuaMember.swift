/// A named value that scripts see: a parameter or a result of a function, a key of a table.
public struct LuaMember: Sendable, Hashable {
    public let name: String
    /// As the annotations of lua-language-server write it: "string", "hpush.Session[]", "fun(ctx: hpush.Context)".
    public let type: String
    /// Whether it may be left out, or be nil.
    public let isOptional: Bool
    /// One line without a full stop at its end; "" where name and type say it all.
    public let doc: String

    /// - Parameter name: "ttl?" is `ttl`, which may be left out.
    init(_ name: String, _ type: String, _ doc: String = "") {
        self.name = name.hasSuffix("?") ? String(name.dropLast()) : name
        self.type = type
        isOptional = name.hasSuffix("?")
        self.doc = doc
    }
}
