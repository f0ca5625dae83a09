import Testing

@testable import PluginHost

@Suite struct LuaDefinitionsTests {
    private let text = LuaDefinitions.text()
    private var lines: [Substring] { text.split(separator: "\n") }

    /// It is Lua, and what it assigns to `hpush` is what the catalog lists, each name once.
    @Test func namesUnderHpushAreThoseOfTheCatalog() throws {
        let defined = try LuaParser.chunk(of: Array(text.utf8)).uses.filter { $0.access == .write && $0.path.first == "hpush" }
            .map { $0.path.dropFirst().joined(separator: ".") }
        let listed = HostFunctionCatalog.all.filter(\.isInHpush).map(\.name)
        let tables = Set(listed.filter { $0.contains(".") }.map { String($0.prefix { $0 != "." }) })
        // The tables stand there, too; hpush.log is both a table and a function.
        #expect(defined.sorted() == (Set(listed).union(tables).union([""])).sorted())
    }

    @Test func objectsHaveWhatTheCatalogLists() {
        for entry in HostFunctionCatalog.all where entry.owner != nil {
            let starts = entry.isField ? "---@field \(entry.lastName) " : ":\(entry.lastName)("
            let optional = "---@field \(entry.lastName)? "
            let count = section(of: entry).count { line in
                entry.isField ? line.hasPrefix(starts) || line.hasPrefix(optional) : line.hasPrefix("function ") && line.contains(starts)
            }
            #expect(count == 1, "\(entry.name)")
        }
    }

    /// The lines of the class or classes that an entry belongs to.
    private func section(of entry: HostFunctionDescription) -> [Substring] {
        let classes =
            switch entry.owner {
            case "session.", "session:": ["hpush.Session"]
            case "ctx.": ["hpush.BareContext", "hpush.Context"]
            case "ctx:": ["hpush.LoginContext"]
            default: ["hpush.Message"]
            }
        return classes.flatMap { name in
            lines.drop { !($0 == "---@class \(name)" || $0.hasPrefix("---@class \(name) ")) }.dropFirst().prefix {
                !$0.hasPrefix("---@class")
            }
        }
    }

    @Test func messagesHaveTheirFields() {
        for type in MessageTypeDescription.all {
            let fields = lines.drop { $0 != "---@class \(type.className) : hpush.Message" }.dropFirst().prefix { $0.hasPrefix("---@field") }
            #expect(fields.count == type.fields.count, "\(type.name)")
        }
    }

    /// A class that is misspelt where it is used would be `any` to the editor.
    @Test func everyTypeIsDefinedOnce() {
        let defined = lines.compactMap { line -> Substring? in
            for mark in ["---@class ", "---@alias "] where line.hasPrefix(mark) {
                return line.dropFirst(mark.count).prefix { $0 != " " && $0 != "\n" }
            }
            return nil
        }
        #expect(Set(defined).count == defined.count)
        let used = Set(text.matches(of: #/hpush\.[A-Z]\w*/#).map { $0.output })
        #expect(used.subtracting(defined) == [])
        #expect(used.contains("hpush.MessageRequest"))
    }
}
