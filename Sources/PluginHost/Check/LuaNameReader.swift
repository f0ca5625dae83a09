/// Finds what Lua source names besides its own local variables, by reading it as the reference manual's grammar (section 9) does.
///
/// Precedence of operators does not matter to names, so expressions are read flat. The rules for statements and expressions are in
/// extensions.
struct LuaNameReader {
    private let tokens: [LuaToken]
    private var index = 0
    private var depth = 0
    var scopes = LuaScopes()
    private(set) var uses: [LuaUse] = []

    /// As deep as Lua itself goes.
    private static let maximumDepth = 200

    private init(_ tokens: [LuaToken]) { self.tokens = tokens }

    /// All uses, in the order of the text.
    /// - Throws: `LuaLexer.Failure` where the text is no Lua.
    static func uses(in source: [UInt8]) throws -> [LuaUse] {
        var reader = LuaNameReader(try LuaLexer.tokens(of: source))
        try reader.block()
        guard reader.current == .end else { throw LuaLexer.Failure() }
        return reader.uses.sorted { $0.place < $1.place }
    }

    // MARK: Tokens

    var current: LuaToken.Kind { tokens[index].kind }
    var following: LuaToken.Kind { tokens[min(index + 1, tokens.count - 1)].kind }
    var place: SourcePlace { tokens[index].place }

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

    // MARK: Bounds and results

    mutating func nested(_ body: (inout Self) throws -> Void) throws {
        guard depth < Self.maximumDepth else { throw LuaLexer.Failure() }
        depth += 1
        try body(&self)
        depth -= 1
    }

    mutating func scoped(_ body: (inout Self) throws -> Void) throws {
        scopes.open()
        try body(&self)
        scopes.close()
    }

    /// Notes a use unless it starts at a local variable, or at a field of an environment of the script's own.
    mutating func note(_ path: [String], at place: SourcePlace, _ access: LuaUse.Access) {
        guard let root = path.first, !scopes.contains(root), !scopes.contains("_ENV") else { return }
        let isKnown = LuaEnvironment.globals.contains(root)
        uses.append(LuaUse(path: path, place: place, access: access, visible: isKnown ? [] : scopes.names))
    }
}
