/// The local variables in force at a place of the source.
struct LuaScopes {
    private var scopes: [[String: LuaLocal]] = [[:]]

    var names: [String] { scopes.flatMap(\.keys) }

    func find(_ name: String) -> LuaLocal? { scopes.reversed().lazy.compactMap { $0[name] }.first }

    func contains(_ name: String) -> Bool { find(name) != nil }

    mutating func declare(_ local: LuaLocal) { scopes[scopes.count - 1][local.name] = local }

    mutating func open() { scopes.append([:]) }

    mutating func close() { if scopes.count > 1 { scopes.removeLast() } }
}
