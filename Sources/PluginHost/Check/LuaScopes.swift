/// The local variables in force at a place of the source.
struct LuaScopes {
    private var scopes: [Set<String>] = [[]]

    var names: [String] { scopes.flatMap { $0 } }

    func contains(_ name: String) -> Bool { scopes.contains { $0.contains(name) } }

    mutating func declare(_ name: String) { scopes[scopes.count - 1].insert(name) }

    mutating func open() { scopes.append([]) }

    mutating func close() { if scopes.count > 1 { scopes.removeLast() } }
}
