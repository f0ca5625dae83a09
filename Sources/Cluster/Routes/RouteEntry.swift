import Foundation

/// A session's route as it stands in Redis: a field of `UserSessions:uid:<uid>`, the session id with JSON
/// `{"node","device","platform","since"}`.
struct RouteEntry: Codable, Hashable {
    var node: UInt32
    var device: String?
    var platform: UInt32?
    /// Milliseconds since 1970.
    var since: UInt64?

    static let keyPrefix = "UserSessions:uid:"

    static func key(_ uid: String) -> String { keyPrefix + uid }

    /// The user of a key; nil for other keys.
    static func uid(ofKey key: [UInt8]) -> String? {
        key.starts(with: keyPrefix.utf8) ? String(decoding: key.dropFirst(keyPrefix.utf8.count), as: UTF8.self) : nil
    }

    init?(_ json: [UInt8]) {
        guard let entry = try? JSONDecoder().decode(RouteEntry.self, from: Data(json)) else { return nil }
        self = entry
    }

    init(node: NodeID, _ session: LocalRoute) {
        self.node = node.rawValue
        device = session.device
        platform = session.platform
        since = session.since
    }

    var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Numbers and text always encode.
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }
}
