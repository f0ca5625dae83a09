/// Finds inbound handlers that end the chain for every message, whatever it is: no plugin behind them gets one.
struct EndCheck {
    /// The types whose chain always ends at this plugin.
    func endedTypes(in layout: ModuleLayout) -> Set<String> {
        let handlers = layout.handlers.filter { $0.section == "inbound" }
        var ended = Set(handlers.filter { $0.entry.value.function.map { alwaysEnds($0, []) } ?? false }.map(\.name))
        guard ended.remove("*") != nil else { return ended }
        // It gets whatever has no handler of its own.
        let others = MessageTypeDescription.all.filter { type in type.isFromClients && !handlers.contains { $0.name == type.name } }
        return ended.union(others.map(\.name))
    }

    private func alwaysEnds(_ function: LuaFunction, _ callers: [ObjectIdentifier]) -> Bool {
        guard callers.count < 20, !callers.contains(ObjectIdentifier(function)) else { return false }
        let callers = callers + [ObjectIdentifier(function)]
        return ends(function.body) && allLeave(function.body) { isVerdict($0, callers) }
    }

    /// Whether nothing goes on behind the statements.
    private func ends(_ statements: [LuaStatement]) -> Bool {
        switch statements.last {
        case .leave?: true
        case .block(let body)?: ends(body)
        case .conditional(let branches, let otherwise?)?: ends(otherwise) && branches.allSatisfy { ends($0.body) }
        case .call(let call)?: isError(call)
        default: false
        }
    }

    /// Whether each `return` gives something that satisfies a condition. A jump might go anywhere.
    private func allLeave(_ statements: [LuaStatement], _ isGood: (LuaExpression) -> Bool) -> Bool {
        statements.allSatisfy { statement in
            switch statement {
            case .leave(let values): values.first.map(isGood) ?? false
            case .block(let body): allLeave(body, isGood)
            case .loop(_, let body): allLeave(body.filter { if case .jump = $0 { false } else { true } }, isGood)
            case .conditional(let branches, let otherwise):
                branches.allSatisfy { allLeave($0.body, isGood) } && allLeave(otherwise ?? [], isGood)
            case .jump: false
            default: true
            }
        }
    }

    private func isVerdict(_ expression: LuaExpression, _ callers: [ObjectIdentifier]) -> Bool {
        if let path = expression.globalPath { return path == ["hpush", "stop"] }
        guard case .call(let callee, _) = expression.kind else {
            if case .operation(let operands) = expression.kind, operands.count == 1 { return isVerdict(operands[0], callers) }
            return false
        }
        if let path = callee.globalPath { return path == ["hpush", "reject"] || path == ["hpush", "close"] }
        return callee.function.map { alwaysEnds($0, callers) } ?? false
    }

    private func isError(_ call: LuaExpression) -> Bool {
        if case .call(let callee, _) = call.kind { callee.globalPath == ["error"] } else { false }
    }
}
