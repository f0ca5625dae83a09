import Foundation
import PluginHost

/// Lua values as JSON text, by the same rules as hpush.json.encode: keys in order of their bytes, an empty table is `{}`.
package enum JSONText {
    package static func encode(_ value: LuaValue) throws -> String {
        var out = ""
        try append(value, to: &out)
        return out
    }

    private static func append(_ value: LuaValue, to out: inout String) throws {
        switch value {
        case .nil: out += "null"
        case .bool(let value): out += value ? "true" : "false"
        case .integer(let value): out += "\(value)"
        case .number(let value):
            guard value.isFinite else { throw HostCallError("json: \(value) has no JSON form") }
            out += "\(value)"
        case .string(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else { throw HostCallError("json: a string that is not UTF-8") }
            append(text, to: &out)
        case .list(let values):
            out += "["
            for (index, value) in values.enumerated() {
                if index > 0 { out += "," }
                try append(value, to: &out)
            }
            out += "]"
        case .table(let entries):
            let fields = try entries.map { entry in
                guard let key = entry.key.text else {
                    throw HostCallError("json: the keys of a table are 1..n or all strings; this one has a \(entry.key.kind) among them")
                }
                return (key, entry.value)
            }
            out += "{"
            for (index, field) in fields.sorted(by: { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }).enumerated() {
                if index > 0 { out += "," }
                append(field.0, to: &out)
                out += ":"
                try append(field.1, to: &out)
            }
            out += "}"
        case .session, .message: throw HostCallError("json: a \(value.kind) has no JSON form")
        }
    }

    private static func append(_ text: String, to out: inout String) {
        out += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        out += "\""
    }
}
