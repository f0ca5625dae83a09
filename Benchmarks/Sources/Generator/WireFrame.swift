import CWire

/// Frames from nothing.
enum WireFrame {
    /// The content of a MESSAGE_REQUEST.
    nonisolated(unsafe) static let content: UnsafePointer<hp_field>? = field("content", UInt32(HP_MESSAGE_REQUEST.rawValue))

    private static func field(_ name: String, _ type: UInt32) -> UnsafePointer<hp_field>? {
        var count = 0
        guard let fields = hp_fields(type, &count) else { return nil }
        return (0..<count).first { String(cString: fields[$0].name) == name }.map { fields + $0 }
    }

    /// A frame of a head type with string fields by their proto names.
    static func build(_ type: UInt32, _ texts: KeyValuePairs<String, [UInt8]>) -> [UInt8] {
        let bytes = texts.flatMap { $0.value }
        return bytes.withUnsafeBufferPointer { all in
            var changes: [hp_change] = []
            var offset = 0
            for (name, text) in texts {
                guard let field = field(name, type) else { preconditionFailure("no field \(name)") }
                let value = hp_field_value(number: 0, bytes: all.baseAddress.map { $0 + offset }, length: text.count)
                changes.append(hp_change(field: field, value: value))
                offset += text.count
            }
            let size = hp_build(type, 1, nil, 0, changes, changes.count, nil, 0)
            return [UInt8](unsafeUninitializedCapacity: size) { out, count in
                count = hp_build(type, 1, nil, 0, changes, changes.count, out.baseAddress, size)
            }
        }
    }
}
