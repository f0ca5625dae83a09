/// Goes through everything that is written in statements, in the order of the text.
struct LuaWalk {
    /// Whether functions are gone into, too.
    var intoFunctions = true

    func expressions(in statements: [LuaStatement], _ visit: (LuaExpression) -> Void) {
        for statement in statements { expressions(in: statement, visit) }
    }

    private func expressions(in statement: LuaStatement, _ visit: (LuaExpression) -> Void) {
        switch statement {
        case .local(_, let values), .leave(let values):
            for value in values { expressions(in: value, visit) }
        case .assign(let targets, let values):
            for value in targets + values { expressions(in: value, visit) }
        case .call(let call): expressions(in: call, visit)
        case .block(let body): expressions(in: body, visit)
        case .loop(let head, let body):
            for value in head { expressions(in: value, visit) }
            expressions(in: body, visit)
        case .conditional(let branches, let otherwise):
            for branch in branches {
                expressions(in: branch.condition, visit)
                expressions(in: branch.body, visit)
            }
            expressions(in: otherwise ?? [], visit)
        case .localFunction(_, let function):
            if intoFunctions { expressions(in: function.body, visit) }
        case .jump: break
        }
    }

    private func expressions(in expression: LuaExpression, _ visit: (LuaExpression) -> Void) {
        visit(expression)
        switch expression.kind {
        case .literal, .vararg, .name: break
        case .index(let base, _, let key):
            expressions(in: base, visit)
            if let key { expressions(in: key, visit) }
        case .call(let callee, let arguments):
            for part in [callee] + arguments { expressions(in: part, visit) }
        case .method(let receiver, _, let arguments):
            for part in [receiver] + arguments { expressions(in: part, visit) }
        case .function(let function):
            if intoFunctions { expressions(in: function.body, visit) }
        case .table(let fields):
            for field in fields {
                if let key = field.key { expressions(in: key, visit) }
                expressions(in: field.value, visit)
            }
        case .operation(let operands):
            for operand in operands { expressions(in: operand, visit) }
        }
    }
}
