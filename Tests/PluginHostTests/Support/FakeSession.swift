import PluginHost
import WireProtocol

/// A session as plugins see it, with what was sent to it.
final class FakeSession {
    let handle: UInt64
    let uid: String
    let device: String
    let platform: Int64
    let remote: String
    let since: Double
    /// The uid's bytes, for hp_input: they must outlive the executions.
    let uidBytes: UnsafeMutableRawBufferPointer

    var sent: [WireMessage] = []
    var sentTables: [LuaValue] = []
    var notified: [LuaValue] = []
    var closedFor: String?
    var attributes: [String: LuaValue] = [:]

    init(handle: UInt64, uid: String, device: String, platform: Int64, since: Double) {
        self.handle = handle
        self.uid = uid
        self.device = device
        self.platform = platform
        self.since = since
        remote = "192.0.2.\(handle)"
        uidBytes = .allocate(byteCount: max(uid.utf8.count, 1), alignment: 1)
        uidBytes.copyBytes(from: Array(uid.utf8))
    }

    deinit { uidBytes.deallocate() }

    var id: String {
        let digits = String(handle, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}
