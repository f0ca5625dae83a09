/// What an expression such as `a.b.c` starts with, before it is known whether it is read or assigned to.
struct LuaTarget {
    /// A name and its fields by dots; empty where the expression starts with none.
    var path: [String]
    var place: SourcePlace
    /// Whether nothing (an index, a call) follows the path.
    var endsInPath: Bool
}
