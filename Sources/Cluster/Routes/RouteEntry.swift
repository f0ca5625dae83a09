import Foundation

/// A session's route as it stands in Redis: a field of `UserSessions:uid:<uid>`, the session id with JSON
/// `{"node","device","platform","since"}`.
struct RouteEntry: Decodable, Hashable {
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

    /// Written by hand: an encoder of the library costs more than all else of a login.
    var json: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(96)
        text += #"{"device":"#.utf8
        Self.append(device ?? "", to: &text)
        text += ",\"node\":\(node),\"platform\":\(platform ?? 0),\"since\":\(since ?? 0)}".utf8
        return text
    }

    private static func append(_ string: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                text += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}
