import Foundation

/// Who of the contacts is online, by the notifications that came.
struct Presence {
    /// What a notification says.
    enum Change: Equatable {
        case online(String)
        case offline(String)
        /// The node has something else to say.
        case notice(String)
    }

    /// A contact may have several devices: sessions seen, by user.
    private var online: Set<String> = []

    /// Sorted.
    var users: [String] { online.sorted() }

    /// Takes a notification: `{"type":10 on, 20 off,"data":{...}}`. Returns nil when there is nothing to tell.
    mutating func received(json: String) -> Change? {
        guard let object = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any],
            let type = (object["type"] as? NSNumber)?.intValue
        else { return json.isEmpty ? nil : .notice(json) }
        switch type {
        case 10:
            guard let user = Self.user(in: object["data"]) else { return nil }
            return online.insert(user).inserted ? .online(user) : nil
        case 20:
            guard let user = Self.user(in: object["data"]) else { return nil }
            return online.remove(user) != nil ? .offline(user) : nil
        case 30: return nil
        case 40: return .notice("the node is going down and closes this connection soon")
        default: return .notice(json)
        }
    }

    /// After a reconnect the node tells anew.
    mutating func forget() {
        online = []
    }

    /// The user may stand in the object itself or one level down; the Java clients know several names for it.
    private static func user(in data: Any?) -> String? {
        if let name = data as? String, !name.isEmpty { return name }
        guard let fields = data as? [String: Any] else { return nil }
        for key in ["uid", "user", "userId", "from", "content"] {
            if let name = user(in: fields[key]) { return name }
        }
        return nil
    }
}
