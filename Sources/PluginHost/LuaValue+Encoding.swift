import CPluginBridge

// The encoding is described in hpush_plugin.h ("values").

extension LuaValue {
    /// Appends the encoded value.
    public func encode(into out: inout [UInt8]) {
        switch self {
        case .nil:
            out.append(UInt8(HP_VALUE_NIL.rawValue))
        case .bool(let value):
            out.append(UInt8((value ? HP_VALUE_TRUE : HP_VALUE_FALSE).rawValue))
        case .integer(let value):
            out.append(UInt8(HP_VALUE_INTEGER.rawValue))
            out.append(littleEndian: UInt64(bitPattern: value))
        case .number(let value):
            out.append(UInt8(HP_VALUE_NUMBER.rawValue))
            out.append(littleEndian: value.bitPattern)
        case .string(let bytes):
            out.append(UInt8(HP_VALUE_STRING.rawValue))
            out.append(littleEndian: UInt32(truncatingIfNeeded: bytes.count))
            out.append(contentsOf: bytes)
        case .list(let values):
            out.append(UInt8(HP_VALUE_LIST.rawValue))
            out.append(littleEndian: UInt32(truncatingIfNeeded: values.count))
            for value in values { value.encode(into: &out) }
        case .table(let entries):
            out.append(UInt8(HP_VALUE_TABLE.rawValue))
            out.append(littleEndian: UInt32(truncatingIfNeeded: entries.count))
            for entry in entries {
                entry.key.encode(into: &out)
                entry.value.encode(into: &out)
            }
        case .session(let handle):
            out.append(UInt8(HP_VALUE_SESSION.rawValue))
            out.append(littleEndian: handle)
        case .message:
            out.append(UInt8(HP_VALUE_NIL.rawValue))  // messages come from scripts and never go back to them
        }
    }

    /// Encodes values one after the other, as results of a host call are.
    public static func encode(_ values: [LuaValue]) -> [UInt8] {
        var out: [UInt8] = []
        for value in values { value.encode(into: &out) }
        return out
    }

    /// Decodes `count` values. The bytes come from the bridge; damaged ones end the list early.
    static func decode(_ bytes: UnsafeRawBufferPointer, count: Int) -> [LuaValue] {
        var reader = ValueReader(bytes: bytes)
        var values: [LuaValue] = []
        values.reserveCapacity(count)
        for _ in 0..<count {
            guard let value = reader.next() else { break }
            values.append(value)
        }
        return values
    }
}

extension LuaValue {
    /// Decodes all values that are there.
    static func decode(_ bytes: UnsafeRawBufferPointer) -> [LuaValue] {
        var reader = ValueReader(bytes: bytes)
        var values: [LuaValue] = []
        while let value = reader.next() { values.append(value) }
        return values
    }
}

/// Reads encoded values one after the other.
struct ValueReader {
    let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func next() -> LuaValue? {
        guard position < bytes.count else { return nil }
        let tag = bytes[position]
        position += 1
        switch hp_value_tag(UInt32(tag)) {
        case HP_VALUE_NIL: return .nil
        case HP_VALUE_FALSE: return .bool(false)
        case HP_VALUE_TRUE: return .bool(true)
        case HP_VALUE_INTEGER: return read(UInt64.self).map { .integer(Int64(bitPattern: $0)) }
        case HP_VALUE_NUMBER: return read(UInt64.self).map { .number(Double(bitPattern: $0)) }
        case HP_VALUE_SESSION: return read(UInt64.self).map { .session($0) }
        case HP_VALUE_MESSAGE:
            return read(UInt64.self).flatMap { OpaquePointer(bitPattern: UInt($0)) }.map { .message(MessageReference($0)) }
        case HP_VALUE_STRING:
            guard let count = read(UInt32.self).map(Int.init), count <= bytes.count - position else { return nil }
            defer { position += count }
            return .string(Array(bytes[position..<position + count]))
        case HP_VALUE_LIST:
            guard let count = read(UInt32.self).map(Int.init), count <= bytes.count - position else { return nil }
            var values: [LuaValue] = []
            for _ in 0..<count {
                guard let value = next() else { return nil }
                values.append(value)
            }
            return .list(values)
        case HP_VALUE_TABLE:
            guard let count = read(UInt32.self).map(Int.init), count <= bytes.count - position else { return nil }
            var entries: [LuaValue.Entry] = []
            for _ in 0..<count {
                guard let key = next(), let value = next() else { return nil }
                entries.append(.init(key, value))
            }
            return .table(entries)
        default: return nil
        }
    }

    private mutating func read<T: FixedWidthInteger>(_: T.Type) -> T? {
        guard bytes.count - position >= MemoryLayout<T>.size else { return nil }
        defer { position += MemoryLayout<T>.size }
        return T(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self))
    }
}

extension [UInt8] {
    fileprivate mutating func append<T: FixedWidthInteger>(littleEndian value: T) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
