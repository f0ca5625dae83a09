import CWire
public import PluginHost
import WireProtocol

/// The fields of a frame's inner message by their proto names, as handlers see them.
public enum FrameFields {
    /// Head type, sequence and fields of a frame (head and body); nil if it is none. Repeated fields are left out.
    public static func read(_ frame: [UInt8]) -> (type: UInt32, sequence: UInt64, fields: [LuaValue.Entry])? {
        guard frame.count >= Frame.headerLength else { return nil }
        return frame.withUnsafeBytes { bytes in
            var envelope = hp_envelope()
            let length = bytes.count - Frame.headerLength
            guard let base = bytes.baseAddress else { return nil }
            let body = (base + Frame.headerLength).assumingMemoryBound(to: UInt8.self)
            guard hp_scan(body, length, &envelope) == HP_SCAN_OK else { return nil }
            var count = 0
            guard let fields = hp_fields(envelope.type, &count) else { return (envelope.type, envelope.sequence, []) }
            let entries = (0..<count).compactMap { index -> LuaValue.Entry? in
                var value = hp_field_value()
                let inner = envelope.inner.offset == 0 ? nil : body + Int(envelope.inner.offset)
                hp_field_read(inner, Int(envelope.inner.length), fields + index, &value)
                return luaValue(value, fields[index].kind).map { .init(.text(String(cString: fields[index].name)), $0) }
            }
            return (envelope.type, envelope.sequence, entries)
        }
    }

    /// "message_request"; the number where the type is unknown.
    public static func typeName(_ type: UInt32) -> String { hp_type_name(type).map { String(cString: $0) } ?? "\(type)" }

    private static func luaValue(_ value: hp_field_value, _ kind: hp_field_kind) -> LuaValue? {
        switch kind {
        case HP_UINT32, HP_UINT64: .integer(Int64(bitPattern: value.number))
        case HP_BOOL: .bool(value.number != 0)
        case HP_STRING, HP_BYTES: .string(Array(UnsafeRawBufferPointer(start: value.bytes, count: value.length)))
        default: nil
        }
    }
}
