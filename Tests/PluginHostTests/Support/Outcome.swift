import CPluginBridge
import PluginHost
import WireProtocol

/// hp_outcome, copied: it can be kept.
struct Outcome {
    let verdict: hp_verdict
    let plugin: Int
    let code: UInt32
    let info: String
    /// The uid a login was accepted for.
    let accepted: String?
    let message: WireMessage?
    let frame: [UInt8]
    let result: [UInt8]
    let execution: UInt64
    let failure: PluginFailure?

    init(_ raw: hp_outcome, of state: PluginState) {
        func bytes(_ bytes: hp_bytes) -> [UInt8] { Array(UnsafeRawBufferPointer(start: bytes.data, count: bytes.length)) }
        verdict = raw.verdict
        plugin = Int(raw.plugin)
        code = raw.code
        info = String(decoding: bytes(raw.info), as: UTF8.self)
        accepted = raw.accepted ? String(decoding: bytes(raw.uid), as: UTF8.self) : nil
        frame = bytes(raw.frame)
        message = frame.count >= 8 ? try? WireMessage(serializedBytes: Array(frame.dropFirst(8))) : nil
        result = bytes(raw.result)
        execution = raw.execution
        failure = raw.verdict == HP_FAILED ? state.failure(raw) : nil
    }

    var resultText: String { String(decoding: result, as: UTF8.self) }
}
