extension LuaExpression {
    /// What the expression stands for as a path from a global name, through local variables that never change:
    /// with `local s = hpush.sessions`, `s.get` is ["hpush", "sessions", "get"].
    var globalPath: [String]? { globalPath(0) }

    private func globalPath(_ depth: Int) -> [String]? {
        guard depth < 50 else { return nil }
        switch kind {
        case .name(let name, nil): return [name]
        case .name(_, let local?): return local.constant?.globalPath(depth + 1)
        case .index(let base, let key?, _): return base.globalPath(depth + 1).map { $0 + [key] }
        case .operation(let operands) where operands.count == 1: return operands[0].globalPath(depth + 1)
        default: return nil
        }
    }

    /// Whether it begins with a local variable.
    var startsAtLocal: Bool {
        switch kind {
        case .name(_, let local): local != nil
        case .index(let base, _, _): base.startsAtLocal
        default: false
        }
    }

    /// The function it stands for: written here, or in a local variable that never changes.
    var function: LuaFunction? {
        switch kind {
        case .function(let function): function
        case .name(_, let local?): local.constant?.function
        default: nil
        }
    }

    /// The local variable it is, or a copy of that never changes.
    var root: LuaLocal? {
        guard case .name(_, let local?) = kind else { return nil }
        return local.constant?.root ?? local
    }
}
