import Foundation
import PluginHost
import WireProtocol

/// A MESSAGE_NOTIFICATION: a table as JSON, with an id and the time in milliseconds, as the Java system sends it.
enum Notice {
    static func frame(_ table: LuaValue, _ node: NodeLoop) throws -> [UInt8] {
        guard table.entries != nil else { throw HostCallError("a notice is a table, not a \(table.kind)") }
        return try frame(json: JSONText.encode(table), node.shared)
    }

    static func frame(json: String, _ shared: NodeShared) throws -> [UInt8] {
        let now = UInt64(Date().timeIntervalSince1970 * 1000)
        var message = WireMessage()
        message.type = .messageNotification
        message.notification.noID = shared.ids.next(now: now)
        message.notification.json = json
        message.notification.timestamp = "\(now)"
        return try Frame.encode(message)
    }
}
