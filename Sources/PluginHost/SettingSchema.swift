/// One entry of a plugin's `config` table: what a setting may be.
public struct SettingSchema: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case integer, number, boolean, string, list, table
        /// A path, relative to the plugins folder or absolute; the plugin gets the file's text.
        case file
    }

    public let name: String
    public let kind: Kind
    public let defaultValue: LuaValue?
    public let minimum: Double?
    public let maximum: Double?
    public let choices: [LuaValue]
    public let help: String?

    /// - Throws: `PluginFailure` that names the entry.
    init(name: String, _ value: LuaValue, plugin: String) throws {
        func fail(_ reason: String) -> PluginFailure { PluginFailure(plugin: plugin, reason: "config.\(name): \(reason)") }
        guard value.entries != nil else { throw fail("a table such as { type = \"integer\", default = 5 }") }
        let known: Set = ["type", "default", "min", "max", "enum", "help"]
        for entry in value.entries ?? [] {
            guard let key = entry.key.text, known.contains(key) else {
                throw fail("unknown key '\(entry.key.text ?? entry.key.kind)'; known are type, default, min, max, enum, help")
            }
        }
        guard let kind = value["type"]?.text.flatMap(Kind.init) else {
            throw fail("type is one of \(Kind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.name = name
        self.kind = kind
        minimum = value["min"]?.number
        maximum = value["max"]?.number
        choices = value["enum"]?.elements ?? []
        help = value["help"]?.text
        defaultValue = value["default"]
        if let defaultValue, let problem = problem(with: defaultValue) { throw fail("its default \(problem)") }
    }

    /// What is wrong with a value, as the rest of a sentence; nil if it fits.
    func problem(with value: LuaValue) -> String? {
        guard fits(value) else { return "is \(value.kindWithArticle), expected \(expectation)" }
        if let number = value.number, kind == .integer || kind == .number {
            if let minimum, number < minimum { return "is \(number.plain), expected \(expectation)" }
            if let maximum, number > maximum { return "is \(number.plain), expected \(expectation)" }
        }
        if !choices.isEmpty, !choices.contains(value) { return "is \(value.text.map { "'\($0)'" } ?? value.kind), expected \(expectation)" }
        return nil
    }

    /// "an integer from 1 to 50", "one of a, b".
    var expectation: String {
        if !choices.isEmpty { return "one of " + choices.map { $0.text ?? $0.number?.plain ?? $0.kind }.joined(separator: ", ") }
        if kind == .file { return "the path of a file" }
        var text = kind == .integer ? "an integer" : "a \(kind.rawValue)"
        if let minimum { text += " from \(minimum.plain)" }
        if let maximum { text += " to \(maximum.plain)" }
        return text
    }

    private func fits(_ value: LuaValue) -> Bool {
        switch kind {
        case .integer: value.integer != nil
        case .number: value.number != nil
        case .boolean: value.bool != nil
        case .string: value.bytes != nil
        case .file: value.text.map { !$0.isEmpty } ?? false
        case .list: value.elements != nil
        case .table: value.entries != nil
        }
    }
}

extension Double {
    /// Without a fraction where there is none.
    fileprivate var plain: String { Int64(exactly: self).map { "\($0)" } ?? "\(self)" }
}
