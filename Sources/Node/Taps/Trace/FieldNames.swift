import CWire

/// Names of head types and fields, as plugins use them.
enum FieldNames {
    static func type(_ type: UInt32) -> String { hp_type_name(type).map { String(cString: $0) } ?? "\(type)" }

    /// Those of a set of bits, in the order of `hp_fields`.
    static func names(_ type: UInt32, _ bits: UInt32) -> [String] {
        guard bits != 0 else { return [] }
        var count = 0
        guard let fields = hp_fields(type, &count) else { return [] }
        return (0..<min(count, 32)).filter { bits & 1 << UInt32($0) != 0 }.map { String(cString: fields[$0].name) }
    }

    /// `content` of MESSAGE_REQUEST.
    nonisolated(unsafe) static let content: UnsafePointer<hp_field>? = {
        var count = 0
        guard let fields = hp_fields(UInt32(HP_MESSAGE_REQUEST.rawValue), &count) else { return nil }
        return (0..<count).first { String(cString: fields[$0].name) == "content" }.map { fields + $0 }
    }()
}
