import Foundation
import PluginHost

// Lua's values in a recording: what JSON has stands for itself; the rest is an object with one key that says what it is.
//
//   {"number": 2}       a float that is whole          {"bytes": "/w=="}   a string that is not UTF-8, base64
//   {"fields": {...}}   a table with names as keys     {"entries": [[k, v] ...]}   any other table

extension LuaValue {
    var json: JSON {
        switch self {
        case .nil, .message: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value):
            Int64(exactly: value) != nil ? .object([.init("number", .number(value))]) : value.isFinite ? .number(value) : .null
        case .string(let bytes):
            String(validating: bytes, as: UTF8.self).map { .string($0) }
                ?? .object([.init("bytes", .string(Data(bytes).base64EncodedString()))])
        case .session(let handle): .object([.init("session", .integer(Int64(bitPattern: handle)))])
        case .list(let values): .array(values.map(\.json))
        case .table(let entries): Self.json(entries)
        }
    }

    private static func json(_ entries: [Entry]) -> JSON {
        let names = entries.map(\.key.text)
        if names.contains(nil) { return .object([.init("entries", .array(entries.map { .array([$0.key.json, $0.value.json]) }))]) }
        return .object([.init("fields", .object(zip(names, entries).map { .init($0 ?? "", $1.value.json) }))])
    }

    /// - Throws: `RecordingError` for an object that is none of the above.
    init(_ json: JSON) throws {
        switch json {
        case .null: self = .nil
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .number(value)
        case .string(let text): self = .text(text)
        case .array(let values): self = .list(try values.map(LuaValue.init))
        case .object(let entries):
            guard let entry = entries.first, entries.count == 1, let value = try Self.tagged(entry.key, entry.value) else {
                throw RecordingError("an object that is no value of Lua's")
            }
            self = value
        }
    }

    private static func tagged(_ tag: String, _ json: JSON) throws -> LuaValue? {
        switch tag {
        case "number": return json.number.map { .number($0) }
        case "bytes": return json.string.flatMap { Data(base64Encoded: $0) }.map { .string([UInt8]($0)) }
        case "session": return json.integer.map { .session(UInt64(bitPattern: $0)) }
        case "fields": return try json.object.map { .table(try $0.map { Entry(.text($0.key), try LuaValue($0.value)) }) }
        case "entries":
            guard let pairs = json.array?.map(\.array), pairs.allSatisfy({ $0?.count == 2 }) else { return nil }
            return .table(try pairs.compactMap { $0 }.map { Entry(try LuaValue($0[0]), try LuaValue($0[1])) })
        default: return nil
        }
    }
}
