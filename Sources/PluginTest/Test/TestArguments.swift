import PluginHost

/// What a test handed to a call, with complaints that name the argument.
struct TestArguments {
    let values: [LuaValue]

    subscript(_ index: Int) -> LuaValue { index < values.count ? values[index] : .nil }

    func text(_ index: Int, _ name: String) throws -> String {
        guard let text = self[index].text else { throw TestFailure("\(name) is a string, not \(self[index].kindWithArticle)") }
        return text
    }

    func number(_ index: Int, _ name: String) throws -> Double {
        guard let number = self[index].number, number.isFinite else {
            throw TestFailure("\(name) is a number, not \(self[index].kindWithArticle)")
        }
        return number
    }

    /// A table of options, all of them known; nil is an empty one.
    func options(_ index: Int, known: [String], of what: String) throws -> TestOptions {
        try TestOptions(self[index], known: known, of: what)
    }
}

/// A table of named options.
struct TestOptions {
    private let table: LuaValue

    /// - Throws: `TestFailure` for a key that is not known.
    init(_ value: LuaValue, known: [String], of what: String) throws {
        guard let entries = value.isNil ? [] : value.entries else {
            throw TestFailure("the options of \(what) are a table, not \(value.kindWithArticle)")
        }
        for entry in entries {
            guard let key = entry.key.text, known.contains(key) else {
                let name = entry.key.text ?? "\(entry.key.integer ?? 0)"
                let guess = Spelling.nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
                throw TestFailure("\(what) has no option '\(name)', only \(known.joined(separator: ", "))\(guess)")
            }
        }
        table = value
    }

    subscript(_ key: String) -> LuaValue? { table[key] }

    func text(_ key: String) throws -> String? {
        guard let value = table[key] else { return nil }
        guard let text = value.text else { throw TestFailure("\(key) is a string, not \(value.kindWithArticle)") }
        return text
    }

    func integer(_ key: String) throws -> Int64? {
        guard let value = table[key] else { return nil }
        guard let number = value.integer else { throw TestFailure("\(key) is an integer, not \(value.kindWithArticle)") }
        return number
    }

    func number(_ key: String) throws -> Double? {
        guard let value = table[key] else { return nil }
        guard let number = value.number else { throw TestFailure("\(key) is a number, not \(value.kindWithArticle)") }
        return number
    }

    func texts(_ key: String) throws -> [String]? {
        guard let value = table[key] else { return nil }
        guard let texts = value.elements?.map(\.text), !texts.contains(nil) else { throw TestFailure("\(key) is a list of strings") }
        return texts.compactMap { $0 }
    }
}
