import CPluginBridge

/// A message that a script handed to the host. Use it only during the call that brought it, on that loop.
public struct MessageReference: Equatable, @unchecked Sendable {
    // Sendable only so that LuaValue can be: it never leaves its call, as hpush_plugin.h says of HP_VALUE_MESSAGE.
    public let pointer: OpaquePointer

    public init(_ pointer: OpaquePointer) { self.pointer = pointer }

    public var type: UInt32 { hp_message_type(pointer) }

    /// The frame as it stands, head included; valid until the call returns.
    public var frame: UnsafeRawBufferPointer {
        let bytes = hp_message_frame(pointer)
        return UnsafeRawBufferPointer(start: bytes.data, count: bytes.length)
    }

    /// Whom a MESSAGE_REQUEST goes to, as it stands: its `to`, unless it has a group. Valid until the call returns.
    @inline(__always)
    public var recipient: (uid: UnsafeRawBufferPointer, hasGroup: Bool) {
        var hasGroup = false
        let uid = hp_message_recipient(pointer, &hasGroup)
        return (UnsafeRawBufferPointer(start: uid.data, count: uid.length), hasGroup)
    }

    /// A string field by its proto name, as it stands.
    public func string(_ field: String) -> String {
        let bytes = field.withCString { hp_message_string(pointer, $0) }
        return String(decoding: UnsafeRawBufferPointer(start: bytes.data, count: bytes.length), as: UTF8.self)
    }
}
