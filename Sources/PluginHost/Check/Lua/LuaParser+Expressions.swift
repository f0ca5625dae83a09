extension LuaParser {
    private static let unary: Set<String> = ["-", "#", "~"]
    private static let binary: Set<String> = [
        "+", "-", "*", "/", "//", "%", "^", "&", "|", "~", "<<", ">>", "..", "<", ">", "<=", ">=", "==", "~=",
    ]

    private static let mostSuffixes = 1000

    mutating func expressions() throws -> [LuaExpression] {
        var found: [LuaExpression] = []
        repeat { found.append(try expression()) } while take(",")
        return found
    }

    mutating func expression() throws -> LuaExpression {
        try nested { parser in
            let start = parser.place
            var operands: [LuaExpression] = []
            var hasOperators = false
            repeat {
                while parser.takeUnary() { hasOperators = true }
                operands.append(try parser.operand())
            } while parser.takeBinary()
            guard hasOperators || operands.count > 1 else { return operands[0] }
            return LuaExpression(kind: .operation(operands), place: start)
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

    private mutating func operand() throws -> LuaExpression {
        let start = place
        switch current {
        case .literal:
            let literal = text
            advance()
            return LuaExpression(kind: .literal(literal), place: start)
        case .symbol("..."):
            advance()
            return LuaExpression(kind: .vararg, place: start)
        case .keyword("nil"), .keyword("true"), .keyword("false"):
            advance()
            return LuaExpression(kind: .literal(nil), place: start)
        case .symbol("{"):
            return try table()
        case .keyword("function"):
            advance()
            return LuaExpression(kind: .function(try functionBody(isMethod: false, at: start)), place: start)
        default:
            let expression = try suffixed()
            note(expression, .read)
            return expression
        }
    }

    /// A name or an expression in parentheses, with the fields, indexes and calls that follow.
    mutating func suffixed() throws -> LuaExpression {
        let start = place
        var expression: LuaExpression
        if take("(") {
            // Wrapped, since it has been noted as read already.
            expression = LuaExpression(kind: .operation([try self.expression()]), place: start)
            try expect(")")
        } else {
            let name = try name()
            expression = LuaExpression(kind: .name(name, scopes.find(name)), place: start)
        }
        var count = 0
        while let longer = try suffix(of: expression, from: start) {
            expression = longer
            count += 1
            // Nested as deep as it is long; whoever writes that is left to Lua.
            guard count < Self.mostSuffixes else { throw LuaLexer.Failure() }
        }
        return expression
    }

    private mutating func suffix(of base: LuaExpression, from start: SourcePlace) throws -> LuaExpression? {
        switch current {
        case .symbol("."):
            advance()
            let keyPlace = place
            return LuaExpression(kind: .index(base, try name(), nil), place: start, keyPlace: keyPlace)
        case .symbol("["):
            advance()
            let keyPlace = place
            let key = try expression()
            try expect("]")
            if case .literal(let text?) = key.kind {
                return LuaExpression(kind: .index(base, text, key), place: start, keyPlace: keyPlace)
            }
            return LuaExpression(kind: .index(base, nil, key), place: start, keyPlace: keyPlace)
        case .symbol(":"):
            advance()
            let keyPlace = place
            let name = try name()
            guard let arguments = try arguments() else { throw LuaLexer.Failure() }
            return LuaExpression(kind: .method(base, name, arguments), place: start, keyPlace: keyPlace)
        default:
            return try arguments().map { LuaExpression(kind: .call(base, $0), place: start) }
        }
    }

    private mutating func arguments() throws -> [LuaExpression]? {
        let start = place
        switch current {
        case .literal:
            guard let literal = text else { return nil }
            advance()
            return [LuaExpression(kind: .literal(literal), place: start)]
        case .symbol("{"):
            return [try table()]
        case .symbol("("):
            advance()
            let found = current == .symbol(")") ? [] : try expressions()
            try expect(")")
            return found
        default:
            return nil
        }
    }

    private mutating func table() throws -> LuaExpression {
        let start = place
        try expect("{")
        let fields = try nested { parser in
            var fields: [LuaField] = []
            while parser.current != .symbol("}") {
                fields.append(try parser.field())
                guard parser.take(",") || parser.take(";") else { break }
            }
            return fields
        }
        try expect("}")
        return LuaExpression(kind: .table(fields), place: start)
    }

    private mutating func field() throws -> LuaField {
        let start = place
        if take("[") {
            let keyPlace = place
            let key = try expression()
            try expect("]")
            try expect("=")
            if case .literal(let text?) = key.kind { return LuaField(name: text, place: keyPlace, value: try expression()) }
            return LuaField(key: key, place: keyPlace, value: try expression())
        }
        if case .name(let name) = current, following == .symbol("=") {
            advance()
            advance()
            return LuaField(name: name, place: start, value: try expression())
        }
        return LuaField(place: start, value: try expression())
    }

    /// From the parameters to `end`.
    mutating func functionBody(isMethod: Bool, at start: SourcePlace) throws -> LuaFunction {
        try expect("(")
        let function = LuaFunction(at: start)
        function.body = try scoped { parser in
            if isMethod {
                let variable = LuaLocal("self", at: start)
                parser.scopes.declare(variable)
                function.parameters.append(variable)
            }
            while !parser.take(")") {
                if !parser.take("...") {
                    let variable = try parser.local()
                    parser.scopes.declare(variable)
                    function.parameters.append(variable)
                }
                if !parser.take(",") {
                    try parser.expect(")")
                    break
                }
            }
            return try parser.block()
        }
        try expect("end")
        return function
    }
}
