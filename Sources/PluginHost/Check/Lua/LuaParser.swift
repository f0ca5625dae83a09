/// Reads Lua source by the reference manual's grammar (section 9), for what is said about it without running it.
///
/// Precedence of operators does not matter to that, so expressions are read flat. The rules for statements and expressions are in
/// extensions.
struct LuaParser {
    private let tokens: [LuaToken]
    private var index = 0
    private var depth = 0
    var scopes = LuaScopes()
    private(set) var uses: [LuaUse] = []

    /// As deep as Lua itself goes.
    private static let maximumDepth = 200

    private init(_ tokens: [LuaToken]) { self.tokens = tokens }

    /// - Throws: `LuaLexer.Failure` where the text is no Lua.
    static func chunk(of source: [UInt8]) throws -> LuaChunk {
        var parser = LuaParser(try LuaLexer.tokens(of: source))
        let body = try parser.block()
        guard parser.current == .end else { throw LuaLexer.Failure() }
        return LuaChunk(body: body, uses: parser.uses.sorted { $0.place < $1.place })
    }

    // MARK: Tokens

    var current: LuaToken.Kind { tokens[index].kind }
    var following: LuaToken.Kind { tokens[min(index + 1, tokens.count - 1)].kind }
    var place: SourcePlace { tokens[index].place }
    /// Of a string literal that is the next token.
    var text: String? { tokens[index].text }

    mutating func advance() { if index < tokens.count - 1 { index += 1 } }

    /// Takes a keyword or symbol if it is the next token.
    mutating func take(_ text: String) -> Bool {
        guard current == .keyword(text) || current == .symbol(text) else { return false }
        advance()
        return true
    }

    mutating func expect(_ text: String) throws {
        guard take(text) else { throw LuaLexer.Failure() }
    }

    mutating func name() throws -> String {
        guard case .name(let text) = current else { throw LuaLexer.Failure() }
        advance()
        return text
    }

    mutating func local() throws -> LuaLocal {
        let place = place
        return LuaLocal(try name(), at: place)
    }

    // MARK: Bounds and results

    mutating func nested<Result>(_ body: (inout Self) throws -> Result) throws -> Result {
        guard depth < Self.maximumDepth else { throw LuaLexer.Failure() }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    mutating func scoped<Result>(_ body: (inout Self) throws -> Result) throws -> Result {
        scopes.open()
        defer { scopes.close() }
        return try body(&self)
    }

    /// Notes a use unless it starts at a local variable, or at a field of an environment of the script's own.
    mutating func note(_ path: [String], at place: SourcePlace, _ access: LuaUse.Access) {
        guard let root = path.first, !scopes.contains(root), !scopes.contains("_ENV") else { return }
        let isKnown = LuaEnvironment.globals.contains(root)
        uses.append(LuaUse(path: path, place: place, access: access, visible: isKnown ? [] : scopes.names))
    }

    /// The same for what an expression starts with; `access` is what is done with the expression itself.
    mutating func note(_ expression: LuaExpression, _ access: LuaUse.Access) {
        var inner = expression
        var access = access
        // What is behind an index by a value or a call is read, not written.
        while true {
            if let path = inner.path { return note(path, at: inner.place, access) }
            access = .read
            switch inner.kind {
            case .index(let base, _, _): inner = base
            case .call(let callee, _): inner = callee
            case .method(let receiver, _, _): inner = receiver
            default: return
            }
        }
    }
}

extension LuaExpression {
    /// A name and its fields: `a.b.c` is ["a", "b", "c"]; nil for anything else.
    var path: [String]? {
        switch kind {
        case .name(let name, _): [name]
        case .index(let base, let key?, nil): base.path.map { $0 + [key] }
        default: nil
        }
    }
}
