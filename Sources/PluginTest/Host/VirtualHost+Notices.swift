import Messaging
import Node
import PluginHost
import WireProtocol

// hpush.notify and hpush.broadcast.
extension VirtualHost {
    static let notices: [HostFunction<VirtualLoop>] = [
        HostFunction("notify", need: "notify", waits: true) { call, loop in
            let uid = try call.bytes(0, "uid")
            let frame = try loop.notice(call.argument(1))
            let reached = uid.withUnsafeBytes { uid in frame.withUnsafeBytes { loop.route($0, to: uid) } }
            return .values([.integer(Int64(reached))])
        },
        HostFunction("broadcast", need: "notify", waits: true) { call, loop in
            let frame = try loop.notice(call.argument(0))
            frame.withUnsafeBytes { loop.broadcast($0) }
            return .none
        },
    ]
}

extension VirtualLoop {
    /// A MESSAGE_NOTIFICATION: a table as JSON, with an id and the time in milliseconds.
    func notice(_ table: LuaValue) throws -> [UInt8] {
        guard table.entries != nil else { throw HostCallError("a notice is a table, not a \(table.kind)") }
        let now = node.clock.unixMilliseconds
        var message = WireMessage()
        message.type = .messageNotification
        message.notification.noID = node.ids.next(now: now)
        message.notification.json = try JSONText.encode(table)
        message.notification.timestamp = "\(now)"
        return try Frame.encode(message)
    }
}
