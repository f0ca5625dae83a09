/// A local variable of Lua source.
final class LuaLocal {
    let name: String
    let place: SourcePlace
    /// What it is declared with, where that is one expression of its own; nil for parameters, loops and the results of calls.
    var value: LuaExpression?
    /// Assignments after its declaration.
    var writes = 0

    init(_ name: String, at place: SourcePlace) {
        self.name = name
        self.place = place
    }

    /// Its value where it never gets another.
    var constant: LuaExpression? { writes == 0 ? value : nil }
}

/// A function of Lua source.
final class LuaFunction {
    let place: SourcePlace
    var parameters: [LuaLocal] = []
    var body: [LuaStatement] = []

    init(at place: SourcePlace) { self.place = place }
}

struct LuaExpression {
    indirect enum Kind {
        /// A string literal, as written; nil for another literal.
        case literal(String?)
        case vararg
        /// A name; nil for one that is no local variable.
        case name(String, LuaLocal?)
        /// `base.key`, or `base["key"]`; nil for a key that is no literal string.
        case index(LuaExpression, String?, LuaExpression?)
        case call(LuaExpression, [LuaExpression])
        case method(LuaExpression, String, [LuaExpression])
        case function(LuaFunction)
        case table([LuaField])
        /// Operands of unary and binary operators, precedence apart.
        case operation([LuaExpression])
    }

    var kind: Kind
    /// Where it starts; of an index where its key stands is `keyPlace`.
    var place: SourcePlace
    var keyPlace: SourcePlace?
}

/// An entry of a table constructor.
struct LuaField {
    /// A literal string or name; nil for other keys and for none.
    var name: String?
    /// An expression in brackets that is no literal string.
    var key: LuaExpression?
    var place: SourcePlace
    var value: LuaExpression
}

enum LuaStatement {
    case local([LuaLocal], [LuaExpression])
    case assign([LuaExpression], [LuaExpression])
    case call(LuaExpression)
    case block([LuaStatement])
    case loop(head: [LuaExpression], [LuaStatement])
    /// The last condition of `repeat` sees its block.
    case conditional([(condition: LuaExpression, body: [LuaStatement])], otherwise: [LuaStatement]?)
    case localFunction(LuaLocal, LuaFunction)
    case leave([LuaExpression])
    case jump
}

/// A chunk of source that was read.
struct LuaChunk {
    var body: [LuaStatement]
    /// Names that are no local variables, in the order of the text.
    var uses: [LuaUse]
}
