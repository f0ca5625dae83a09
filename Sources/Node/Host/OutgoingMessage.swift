import CWire
import PluginHost

/// What `session:send` takes: a message as it came, a copy of one, or a table `{type = "message_request", to = "bob", content = "hi"}`.
package enum OutgoingMessage {
    package static func withFrame<Result>(_ value: LuaValue, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        if case .message(let message) = value { return try body(message.frame) }
        return try build(value).withUnsafeBytes(body)
    }

    private static func build(_ table: LuaValue) throws -> [UInt8] {
        guard let entries = table.entries else { throw HostCallError("a message is msg, a copy of one or a table, not a \(table.kind)") }
        var type = UInt32(HP_MESSAGE_REQUEST.rawValue)
        if let name = table["type"] {
            guard var text = name.text, text.withUTF8({ hp_type_by_name($0.baseAddress, $0.count, &type) }) else {
                throw HostCallError("type '\(name.text ?? name.kind)' is no head type")
            }
        }
        let sequence = UInt64(bitPattern: table["sequence"]?.integer ?? 0)
        var count = 0
        let fields = hp_fields(type, &count)
        var values: [(field: UnsafePointer<hp_field>, number: UInt64, bytes: [UInt8])] = []
        for entry in entries {
            guard let name = entry.key.text else { throw HostCallError("a message has fields by name") }
            if name == "type" || name == "sequence" { continue }
            guard let fields, let place = (0..<count).first(where: { String(cString: fields[$0].name) == name }) else {
                throw HostCallError("\(String(cString: hp_type_name(type))) has no field '\(name)'")
            }
            values.append(try encode(entry.value, fields + place, name))
        }
        return frame(type, sequence, values)
    }

    private static func encode(
        _ value: LuaValue, _ field: UnsafePointer<hp_field>, _ name: String
    ) throws -> (field: UnsafePointer<hp_field>, number: UInt64, bytes: [UInt8]) {
        switch field.pointee.kind {
        case HP_STRING:
            guard let text = value.text else { throw HostCallError("field '\(name)' takes UTF-8 text, not a \(value.kind)") }
            return (field, 0, Array(text.utf8))
        case HP_BYTES:
            guard let bytes = value.bytes else { throw HostCallError("field '\(name)' takes a string, not a \(value.kind)") }
            return (field, 0, bytes)
        case HP_BOOL:
            guard let bool = value.bool else { throw HostCallError("field '\(name)' takes a boolean, not a \(value.kind)") }
            return (field, bool ? 1 : 0, [])
        case HP_UINT32, HP_UINT64:
            guard let number = value.integer else { throw HostCallError("field '\(name)' takes an integer, not a \(value.kind)") }
            return (field, UInt64(bitPattern: number), [])
        default:
            throw HostCallError("field '\(name)' can't be set from a plugin")
        }
    }

    private static func frame(
        _ type: UInt32, _ sequence: UInt64, _ values: [(field: UnsafePointer<hp_field>, number: UInt64, bytes: [UInt8])]
    ) -> [UInt8] {
        let text = values.flatMap(\.bytes)
        return text.withUnsafeBufferPointer { text in
            var offset = 0
            let changes = values.map { value in
                defer { offset += value.bytes.count }
                let bytes = value.bytes.isEmpty ? nil : text.baseAddress.map { $0 + offset }
                return hp_change(field: value.field, value: hp_field_value(number: value.number, bytes: bytes, length: value.bytes.count))
            }
            let size = hp_build(type, sequence, nil, 0, changes, changes.count, nil, 0)
            return [UInt8](unsafeUninitializedCapacity: size) { out, count in
                count = hp_build(type, sequence, nil, 0, changes, changes.count, out.baseAddress, size)
            }
        }
    }
}
