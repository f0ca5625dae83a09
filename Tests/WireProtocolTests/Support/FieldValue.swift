import CWire

/// A field of a table with a value, which owns its bytes.
struct FieldValue {
    /// Points into CWire's static tables.
    let field: UnsafePointer<hp_field>
    var number: UInt64 = 0
    var bytes: [UInt8] = []

    var isText: Bool { field.pointee.kind == HP_STRING || field.pointee.kind == HP_BYTES }
    var isRepeated: Bool { field.pointee.kind == HP_REPEATED_UINT64 || field.pointee.kind == HP_REPEATED_MESSAGE }
    var name: String { String(cString: field.pointee.name) }

    /// The field as protobuf encodes it, also if it has its default value.
    var encoded: [UInt8] {
        isText ? WireBytes.bytes(field.pointee.number, bytes) : WireBytes.number(field.pointee.number, number)
    }

    /// All fields of a type, with default values.
    static func all(of type: UInt32) -> [FieldValue] {
        var count = 0
        guard let table = hp_fields(type, &count) else { return [] }
        return (0..<count).map { FieldValue(field: table + $0) }
    }

    /// What `hp_field_read` finds in an inner message.
    func read(from inner: [UInt8]) -> FieldValue {
        inner.withUnsafeBufferPointer { inner in
            var value = hp_field_value()
            hp_field_read(inner.baseAddress, inner.count, field, &value)
            let bytes = UnsafeBufferPointer(start: value.bytes, count: value.length)
            return FieldValue(field: field, number: value.number, bytes: Array(bytes))
        }
    }

    static func withChanges<Result>(_ values: [FieldValue], _ body: (UnsafeBufferPointer<hp_change>) -> Result) -> Result {
        let storage = values.flatMap(\.bytes)
        return storage.withUnsafeBufferPointer { storage in
            var at = 0
            let changes = values.map { value in
                defer { at += value.bytes.count }
                let bytes = storage.baseAddress.map { $0 + at }
                return hp_change(field: value.field, value: hp_field_value(number: value.number, bytes: bytes, length: value.bytes.count))
            }
            return changes.withUnsafeBufferPointer(body)
        }
    }

    /// The body `hp_build` makes of these values.
    static func build(_ values: [FieldValue], type: UInt32, sequence: UInt64 = 0, session: [UInt8] = []) -> [UInt8]? {
        withChanges(values) { changes in
            writtenFrame { out, capacity in
                hp_build(type, sequence, session, session.count, changes.baseAddress, changes.count, out, capacity)
            }
        }
    }
}
