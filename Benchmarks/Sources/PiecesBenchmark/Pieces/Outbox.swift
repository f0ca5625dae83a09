import CPluginBridge
import Glibc
import Messaging
import PluginHost

/// Where redirected frames go: looked up in the route table and copied, one after the other, into an output buffer. The same for scripts and for
/// the native redirect, so that the difference between the two is the scripts' alone.
final class Outbox: PluginServices {
    private let routes: RouteTable
    private let found = RouteScratch()
    private let room = 64 << 10
    private let buffer: UnsafeMutableRawPointer
    private var used = 0
    private(set) var delivered = 0

    init(_ routes: RouteTable) {
        self.routes = routes
        buffer = .allocate(byteCount: room, alignment: 16)
    }

    deinit { buffer.deallocate() }

    @inline(__always)
    func deliver(_ frame: UnsafeRawBufferPointer, to uid: UnsafeRawBufferPointer) -> UInt32 {
        routes.sessions(of: uid, into: found)
        for _ in 0..<found.count {
            if room - used < frame.count { used = 0 }
            if let base = frame.baseAddress { memcpy(buffer + used, base, frame.count) }
            used += frame.count
            delivered += 1
        }
        return UInt32(found.count)
    }

    func redirect(_ message: MessageReference, to uid: UnsafeRawBufferPointer?, call: UnsafePointer<hp_call>) -> RedirectAnswer {
        let sessions = deliver(message.frame, to: uid ?? message.recipient.uid)
        return .queued(sessions: sessions, nodes: sessions > 0 ? 1 : 0)
    }

    func log(plugin: Int, of state: PluginState, level: PluginLogLevel, text: String) { print("plugin \(plugin): \(text)") }
}
