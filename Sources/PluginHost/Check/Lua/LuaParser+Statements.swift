extension LuaParser {
    mutating func block() throws -> [LuaStatement] {
        try nested { parser in
            var statements: [LuaStatement] = []
            while !parser.isAtBlockEnd {
                if parser.take("return") {
                    let isEmpty = parser.isAtBlockEnd || parser.current == .symbol(";")
                    statements.append(.leave(isEmpty ? [] : try parser.expressions()))
                    _ = parser.take(";")
                    break
                }
                if let statement = try parser.statement() { statements.append(statement) }
            }
            return statements
        }
    }

    private var isAtBlockEnd: Bool {
        switch current {
        case .end, .keyword("end"), .keyword("else"), .keyword("elseif"), .keyword("until"): true
        default: false
        }
    }

    private mutating func scopedBlock() throws -> [LuaStatement] { try scoped { try $0.block() } }

    private mutating func statement() throws -> LuaStatement? {
        guard case .keyword(let keyword) = current else { return try plainStatement() }
        advance()
        switch keyword {
        case "break": return .jump
        case "goto":
            _ = try name()
            return .jump
        case "do":
            let body = try scopedBlock()
            try expect("end")
            return .block(body)
        case "while":
            let condition = try expression()
            try expect("do")
            let body = try scopedBlock()
            try expect("end")
            return .loop(head: [condition], body)
        case "repeat":
            // The condition sees the block's local variables.
            return try scoped { parser in
                let body = try parser.block()
                try parser.expect("until")
                return .loop(head: [try parser.expression()], body)
            }
        case "if": return try conditional()
        case "for": return try loop()
        case "function": return try namedFunction()
        case "local": return try localStatement()
        default: throw LuaLexer.Failure()
        }
    }

    private mutating func plainStatement() throws -> LuaStatement? {
        if take(";") { return nil }
        if take("::") {
            _ = try name()
            try expect("::")
            return .jump
        }
        var targets = [try suffixed()]
        while take(",") { targets.append(try suffixed()) }
        guard take("=") else {
            note(targets[0], .read)
            guard targets.count == 1 else { throw LuaLexer.Failure() }
            return .call(targets[0])
        }
        for target in targets {
            note(target, .write)
            if case .name(_, let local?) = target.kind { local.writes += 1 }
        }
        return .assign(targets, try expressions())
    }

    private mutating func conditional() throws -> LuaStatement {
        var branches: [(condition: LuaExpression, body: [LuaStatement])] = []
        repeat {
            let condition = try expression()
            try expect("then")
            branches.append((condition, try scopedBlock()))
        } while take("elseif")
        let otherwise = take("else") ? try scopedBlock() : nil
        try expect("end")
        return .conditional(branches, otherwise: otherwise)
    }

    private mutating func loop() throws -> LuaStatement {
        var names = [try local()]
        while take(",") { names.append(try local()) }
        if !take("=") { try expect("in") }
        let head = try expressions()
        try expect("do")
        let body = try scoped { parser in
            for name in names { parser.scopes.declare(name) }
            return try parser.block()
        }
        try expect("end")
        return .loop(head: head, body)
    }

    private mutating func namedFunction() throws -> LuaStatement {
        let start = place
        let root = try name()
        var target = LuaExpression(kind: .name(root, scopes.find(root)), place: start)
        while take(".") {
            let keyPlace = place
            target = LuaExpression(kind: .index(target, try name(), nil), place: start, keyPlace: keyPlace)
        }
        let isMethod = take(":")
        if isMethod {
            let keyPlace = place
            target = LuaExpression(kind: .index(target, try name(), nil), place: start, keyPlace: keyPlace)
        }
        note(target, .write)
        if case .name(_, let local?) = target.kind { local.writes += 1 }
        let function = try functionBody(isMethod: isMethod, at: start)
        return .assign([target], [LuaExpression(kind: .function(function), place: start)])
    }

    private mutating func localStatement() throws -> LuaStatement {
        if take("function") {
            let start = place
            let variable = try local()
            scopes.declare(variable)
            let function = try functionBody(isMethod: false, at: start)
            variable.value = LuaExpression(kind: .function(function), place: start)
            return .localFunction(variable, function)
        }
        var variables: [LuaLocal] = []
        repeat {
            variables.append(try local())
            if take("<") {
                _ = try name()
                try expect(">")
            }
        } while take(",")
        // The values do not see the new variables.
        let values = take("=") ? try expressions() : []
        for (index, variable) in variables.enumerated() {
            if index < values.count, !(index == values.count - 1 && index < variables.count - 1 && values[index].hasManyResults) {
                variable.value = values[index]
            }
            scopes.declare(variable)
        }
        return .local(variables, values)
    }
}

extension LuaExpression {
    /// Whether it may stand for several values at a list's end.
    fileprivate var hasManyResults: Bool {
        switch kind {
        case .call, .method, .vararg: true
        default: false
        }
    }
}
