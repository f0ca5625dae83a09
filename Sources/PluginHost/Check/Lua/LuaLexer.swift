/// Cuts Lua source into tokens.
struct LuaLexer {
    /// The text is no Lua; what exactly is wrong, Lua says better.
    struct Failure: Error {}

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var lineStart = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.first == UInt8(ascii: "#") { skipLine() }
    }

    /// - Throws: `Failure`.
    static func tokens(of bytes: [UInt8]) throws -> [LuaToken] {
        var lexer = LuaLexer(bytes)
        var tokens: [LuaToken] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    mutating func next() throws -> LuaToken {
        try skipBlanks()
        let place = SourcePlace(line: line, column: position - lineStart + 1)
        let start = position
        let kind = try kind()
        return LuaToken(kind: kind, place: place, text: kind == .literal ? Self.string(bytes[start..<position]) : nil)
    }

    /// What stands between the quotes or brackets of a string literal; nil for a number.
    private static func string(_ literal: ArraySlice<UInt8>) -> String? {
        guard let first = literal.first else { return nil }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            return String(decoding: literal.dropFirst().dropLast(), as: UTF8.self)
        }
        guard first == UInt8(ascii: "[") else { return nil }
        let width = literal.dropFirst().prefix { $0 == UInt8(ascii: "=") }.count + 2
        return String(decoding: literal.dropFirst(width).dropLast(width), as: UTF8.self)
    }

    private mutating func kind() throws -> LuaToken.Kind {
        guard let byte = peek() else { return .end }
        switch byte {
        case _ where Self.isNameStart(byte):
            return word()
        case _ where Self.isDigit(byte):
            return number()
        case UInt8(ascii: "."):
            if let digit = peek(1), Self.isDigit(digit) { return number() }
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            return try quoted(byte)
        case UInt8(ascii: "["):
            if let level = longBracket() { return try long(level) }
        default:
            break
        }
        return try symbol()
    }

    // MARK: Words

    private mutating func word() -> LuaToken.Kind {
        let start = position
        while let byte = peek(), Self.isNameStart(byte) || Self.isDigit(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        return LuaToken.keywords.contains(text) ? .keyword(text) : .name(text)
    }

    private mutating func number() -> LuaToken.Kind {
        let isHex = peek() == UInt8(ascii: "0") && (peek(1).map { $0 | 0x20 } == UInt8(ascii: "x"))
        let exponent = UInt8(ascii: isHex ? "p" : "e")
        while let byte = peek() {
            if byte | 0x20 == exponent, let sign = peek(1), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                position += 2
            } else if Self.isDigit(byte) || Self.isNameStart(byte) || byte == UInt8(ascii: ".") {
                position += 1
            } else {
                break
            }
        }
        return .literal
    }

    private mutating func quoted(_ quote: UInt8) throws -> LuaToken.Kind {
        position += 1
        while let byte = peek() {
            if byte == quote {
                position += 1
                return .literal
            }
            if byte == UInt8(ascii: "\\") {
                position += 1
                if peek() == UInt8(ascii: "z") {
                    position += 1
                    while let blank = peek(), Self.isBlank(blank) { step() }
                    continue
                }
                guard peek() != nil else { break }
                step()
            } else if byte == UInt8(ascii: "\n") {
                break
            } else {
                position += 1
            }
        }
        throw Failure()
    }

    private mutating func symbol() throws -> LuaToken.Kind {
        for length in stride(from: 3, through: 1, by: -1) where position + length <= bytes.count {
            let text = String(decoding: bytes[position..<position + length], as: UTF8.self)
            if Self.symbols.contains(text) {
                position += length
                return .symbol(text)
            }
        }
        throw Failure()
    }

    private static let symbols: Set<String> = [
        "...", "..", "==", "~=", "<=", ">=", "//", "::", "<<", ">>", "+", "-", "*", "/", "%", "^", "#", "&", "~", "|", "<", ">", "=",
        "(", ")", "{", "}", "[", "]", ";", ":", ",", ".",
    ]

    // MARK: Blanks, comments, long brackets

    private mutating func skipBlanks() throws {
        while let byte = peek() {
            if Self.isBlank(byte) {
                step()
            } else if byte == UInt8(ascii: "-"), peek(1) == UInt8(ascii: "-") {
                position += 2
                if let level = longBracket() { _ = try long(level) } else { skipLine() }
            } else {
                return
            }
        }
    }

    private mutating func skipLine() {
        while let byte = peek(), byte != UInt8(ascii: "\n") { position += 1 }
    }

    /// The number of `=` if a long bracket opens here.
    private func longBracket() -> Int? {
        guard peek() == UInt8(ascii: "[") else { return nil }
        var level = 0
        while peek(1 + level) == UInt8(ascii: "=") { level += 1 }
        return peek(1 + level) == UInt8(ascii: "[") ? level : nil
    }

    private mutating func long(_ level: Int) throws -> LuaToken.Kind {
        position += level + 2
        while let byte = peek() {
            if byte == UInt8(ascii: "]"), peek(1 + level) == UInt8(ascii: "]"),
                bytes[(position + 1)..<(position + 1 + level)].allSatisfy({ $0 == UInt8(ascii: "=") })
            {
                position += level + 2
                return .literal
            }
            step()
        }
        throw Failure()
    }

    // MARK: Bytes

    private func peek(_ ahead: Int = 0) -> UInt8? {
        position + ahead < bytes.count ? bytes[position + ahead] : nil
    }

    /// One byte on, which may end a line.
    private mutating func step() {
        if peek() == UInt8(ascii: "\n") {
            line += 1
            lineStart = position + 1
        }
        position += 1
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func isNameStart(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
    }
}
