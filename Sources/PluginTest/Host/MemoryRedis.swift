import PluginHost

/// A part of Redis in memory, for tests: strings, hashes, lists and sets with times to live on the virtual clock.
///
/// A command gives one result as `hpush.redis` does, or nil and Redis' own error text; a command that is not there raises an error.
final class MemoryRedis {
    enum Value: Equatable {
        case string([UInt8])
        case hash([[UInt8]: [UInt8]])
        case list([[UInt8]])
        case set(Set<[UInt8]>)
    }

    struct Entry {
        var value: Value
        /// Monotonic seconds; nil for ever.
        var expires: Double?
    }

    /// What Redis itself answers with an error.
    struct Refusal: Error {
        let text: String

        static let wrongType = Refusal(text: "WRONGTYPE Operation against a key holding the wrong kind of value")
        static let notInteger = Refusal(text: "ERR value is not an integer or out of range")
        static let syntax = Refusal(text: "ERR syntax error")
    }

    typealias Arguments = [[UInt8]]
    typealias Command = @Sendable (MemoryRedis, Arguments) throws -> LuaValue

    private var entries: [[UInt8]: Entry] = [:]
    private(set) var now = 0.0

    /// Commands by name with the least number of arguments.
    static let commands: [String: (least: Int, run: Command)] =
        stringCommands
        .merging(keyCommands) { $1 }.merging(hashCommands) { $1 }.merging(listCommands) { $1 }.merging(setCommands) { $1 }

    /// - Parameter now: monotonic seconds.
    /// - Throws: `HostCallError` for a command it does not know.
    func run(_ name: String, _ arguments: Arguments, now: Double) throws -> [LuaValue] {
        self.now = now
        guard let command = Self.commands[name.uppercased()] else {
            throw HostCallError("hpush.redis in tests has no '\(name)', only \(Self.commands.keys.sorted().joined(separator: " "))")
        }
        guard arguments.count >= command.least else {
            return [.nil, .text("ERR wrong number of arguments for '\(name.lowercased())' command")]
        }
        do { return [try command.run(self, arguments)] } catch let refusal as Refusal { return [.nil, .text(refusal.text)] }
    }

    /// An argument as Redis gets it: text, or a number written out.
    static func bytes(_ value: LuaValue, _ position: Int) throws -> [UInt8] {
        switch value {
        case .string(let bytes): bytes
        case .integer(let number): Array("\(number)".utf8)
        case .number(let number): Array("\(number)".utf8)
        default: throw HostCallError("argument #\(position) of hpush.redis is a string or a number, not a \(value.kind)")
        }
    }

    // MARK: Entries

    subscript(_ key: [UInt8]) -> Entry? {
        get {
            guard let entry = entries[key], let expires = entry.expires, expires <= now else { return entries[key] }
            entries[key] = nil
            return nil
        }
        set { entries[key] = newValue }
    }

    /// Changes what is at a key, which keeps its time to live; what has become empty goes.
    func change(_ key: [UInt8], _ value: Value) {
        let isEmpty =
            switch value {
            case .string: false
            case .hash(let fields): fields.isEmpty
            case .list(let items): items.isEmpty
            case .set(let members): members.isEmpty
            }
        self[key] = isEmpty ? nil : Entry(value: value, expires: self[key]?.expires)
    }

    func string(_ key: [UInt8]) throws -> [UInt8]? {
        switch self[key]?.value {
        case nil: nil
        case .string(let bytes): bytes
        default: throw Refusal.wrongType
        }
    }

    func hash(_ key: [UInt8]) throws -> [[UInt8]: [UInt8]] {
        switch self[key]?.value {
        case nil: [:]
        case .hash(let fields): fields
        default: throw Refusal.wrongType
        }
    }

    func list(_ key: [UInt8]) throws -> [[UInt8]] {
        switch self[key]?.value {
        case nil: []
        case .list(let items): items
        default: throw Refusal.wrongType
        }
    }

    func set(_ key: [UInt8]) throws -> Set<[UInt8]> {
        switch self[key]?.value {
        case nil: []
        case .set(let members): members
        default: throw Refusal.wrongType
        }
    }

    static func integer(_ bytes: [UInt8]) throws -> Int64 {
        guard let number = Int64(String(decoding: bytes, as: UTF8.self)) else { throw Refusal.notInteger }
        return number
    }

    static func sum(_ old: [UInt8]?, _ step: Int64) throws -> Int64 {
        let (sum, overflow) = try integer(old ?? Array("0".utf8)).addingReportingOverflow(step)
        guard !overflow else { throw Refusal.notInteger }
        return sum
    }
}
