extension LuaNameReader {
    mutating func block() throws {
        try nested { reader in
            while !reader.isAtBlockEnd {
                if reader.take("return") {
                    if !reader.isAtBlockEnd, reader.current != .symbol(";") { try reader.expressions() }
                    _ = reader.take(";")
                    return
                }
                try reader.statement()
            }
        }
    }

    private var isAtBlockEnd: Bool {
        switch current {
        case .end, .keyword("end"), .keyword("else"), .keyword("elseif"), .keyword("until"): true
        default: false
        }
    }

    private mutating func scopedBlock() throws { try scoped { try $0.block() } }

    private mutating func statement() throws {
        guard case .keyword(let keyword) = current else { return try plainStatement() }
        advance()
        switch keyword {
        case "break": break
        case "goto": _ = try name()
        case "do":
            try scopedBlock()
            try expect("end")
        case "while":
            try expression()
            try expect("do")
            try scopedBlock()
            try expect("end")
        case "repeat":
            // The condition sees the block's local variables.
            try scoped { reader in
                try reader.block()
                try reader.expect("until")
                try reader.expression()
            }
        case "if": try conditional()
        case "for": try loop()
        case "function": try namedFunction()
        case "local": try local()
        default: throw LuaLexer.Failure()
        }
    }

    private mutating func plainStatement() throws {
        if take(";") { return }
        if take("::") {
            _ = try name()
            return try expect("::")
        }
        var targets = [try suffixed()]
        while take(",") { targets.append(try suffixed()) }
        let isAssignment = take("=")
        for target in targets { note(target, isAssignment && target.endsInPath ? .write : .read) }
        if isAssignment { try expressions() }
    }

    private mutating func conditional() throws {
        repeat {
            try expression()
            try expect("then")
            try scopedBlock()
        } while take("elseif")
        if take("else") { try scopedBlock() }
        try expect("end")
    }

    private mutating func loop() throws {
        var names = [try name()]
        while take(",") { names.append(try name()) }
        if !take("=") { try expect("in") }
        try expressions()
        try expect("do")
        try scoped { reader in
            for name in names { reader.scopes.declare(name) }
            try reader.block()
        }
        try expect("end")
    }

    private mutating func namedFunction() throws {
        var target = LuaTarget(path: [], place: place, endsInPath: true)
        target.path.append(try name())
        while take(".") { target.path.append(try name()) }
        let isMethod = take(":")
        if isMethod { target.path.append(try name()) }
        note(target, .write)
        try functionBody(isMethod: isMethod)
    }

    private mutating func local() throws {
        if take("function") {
            scopes.declare(try name())
            return try functionBody(isMethod: false)
        }
        var names: [String] = []
        repeat {
            names.append(try name())
            if take("<") {
                _ = try name()
                try expect(">")
            }
        } while take(",")
        // The values do not see the new variables.
        if take("=") { try expressions() }
        for name in names { scopes.declare(name) }
    }
}
