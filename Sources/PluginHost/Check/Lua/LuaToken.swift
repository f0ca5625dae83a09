/// A word of Lua 5.4, as its reference manual (section 3.1) describes them.
struct LuaToken: Equatable {
    enum Kind: Equatable {
        case name(String)
        case keyword(String)
        /// Operators and punctuation.
        case symbol(String)
        /// A literal string or number.
        case literal
        case end
    }

    var kind: Kind
    var place: SourcePlace
    /// Of a string literal, without escapes read; nil for anything else.
    var text: String?

    static let keywords: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or",
        "repeat", "return", "then", "true", "until", "while",
    ]
}
