extension LuaNameReader {
    private static let unary: Set<String> = ["-", "#", "~"]
    private static let binary: Set<String> = [
        "+", "-", "*", "/", "//", "%", "^", "&", "|", "~", "<<", ">>", "..", "<", ">", "<=", ">=", "==", "~=",
    ]

    mutating func expressions() throws {
        repeat { try expression() } while take(",")
    }

    mutating func expression() throws {
        try nested { reader in
            repeat {
                while reader.takeUnary() {}
                try reader.operand()
            } while reader.takeBinary()
        }
    }

    private mutating func takeUnary() -> Bool {
        if case .symbol(let text) = current, Self.unary.contains(text) {
            advance()
            return true
        }
        return take("not")
    }

    private mutating func takeBinary() -> Bool {
        if case .symbol(let text) = current, Self.binary.contains(text) {
            advance()
            return true
        }
        return take("and") || take("or")
    }

    private mutating func operand() throws {
        switch current {
        case .literal, .symbol("..."), .keyword("nil"), .keyword("true"), .keyword("false"):
            advance()
        case .symbol("{"):
            try table()
        case .keyword("function"):
            advance()
            try functionBody(isMethod: false)
        default:
            note(try suffixed(), .read)
        }
    }

    mutating func note(_ target: LuaTarget, _ access: LuaUse.Access) {
        note(target.path, at: target.place, access)
    }

    /// A name or an expression in parentheses, with the fields, indexes and calls that follow.
    mutating func suffixed() throws -> LuaTarget {
        var target = LuaTarget(path: [], place: place, endsInPath: false)
        if take("(") {
            try expression()
            try expect(")")
        } else {
            target.path.append(try name())
            while take(".") { target.path.append(try name()) }
            target.endsInPath = true
        }
        while try suffix() { target.endsInPath = false }
        return target
    }

    private mutating func suffix() throws -> Bool {
        switch current {
        case .symbol("."):
            advance()
            _ = try name()
        case .symbol("["):
            advance()
            try expression()
            try expect("]")
        case .symbol(":"):
            advance()
            _ = try name()
            guard try arguments() else { throw LuaLexer.Failure() }
        default:
            return try arguments()
        }
        return true
    }

    private mutating func arguments() throws -> Bool {
        switch current {
        case .literal:
            advance()
        case .symbol("{"):
            try table()
        case .symbol("("):
            advance()
            if current != .symbol(")") { try expressions() }
            try expect(")")
        default:
            return false
        }
        return true
    }

    private mutating func table() throws {
        try expect("{")
        try nested { reader in
            while reader.current != .symbol("}") {
                if reader.take("[") {
                    try reader.expression()
                    try reader.expect("]")
                    try reader.expect("=")
                } else if case .name = reader.current, reader.following == .symbol("=") {
                    reader.advance()
                    reader.advance()
                }
                try reader.expression()
                guard reader.take(",") || reader.take(";") else { break }
            }
        }
        try expect("}")
    }

    /// From the parameters to `end`.
    mutating func functionBody(isMethod: Bool) throws {
        try expect("(")
        try scoped { reader in
            if isMethod { reader.scopes.declare("self") }
            while !reader.take(")") {
                if !reader.take("...") { reader.scopes.declare(try reader.name()) }
                if !reader.take(",") {
                    try reader.expect(")")
                    break
                }
            }
            try reader.block()
        }
        try expect("end")
    }
}
