import PluginHost
import PluginRecording

/// A frame that a client got.
struct ReceivedFrame {
    let type: UInt32
    let sequence: UInt64
    /// Of the inner message, by proto name.
    let fields: [LuaValue.Entry]
    let frame: [UInt8]

    init?(_ frame: [UInt8]) {
        guard let read = FrameFields.read(frame) else { return nil }
        self.frame = frame
        (type, sequence, fields) = (read.type, read.sequence, read.fields)
    }

    subscript(_ name: String) -> LuaValue { fields.first { $0.key.text == name }?.value ?? .nil }
}
