import Storage

/// A write of low priority: nobody was promised anything by it. When one is lost, a device gets a message once more, or a date is older.
///
/// Messages are never among them: what a sender is told is accepted has been committed by the store itself. All are idempotent and may be
/// carried out in any order.
enum QueuedWrite: Sendable, Hashable {
    /// A device has got these messages, by server_id.
    case acknowledge(user: String, device: String, serverIDs: [UInt64])
    case seen(DeviceSighting)
}

// As an entry of a stream: names and values, so that an operator can read what lies in the dead-letter stream.
extension QueuedWrite {
    var fields: [(name: String, value: String)] {
        switch self {
        case .acknowledge(let user, let device, let serverIDs):
            [("do", "ack"), ("user", user), ("device", device), ("ids", serverIDs.map(String.init).joined(separator: " "))]
        case .seen(let sighting):
            [("do", "seen"), ("user", sighting.user), ("device", sighting.device), ("at", String(sighting.time))]
        }
    }

    /// nil: it is none of these.
    init?(_ fields: [String: String]) {
        guard let user = fields["user"], let device = fields["device"] else { return nil }
        switch fields["do"] {
        case "ack":
            let words = fields["ids"]?.split(separator: " ") ?? []
            let serverIDs = words.compactMap { UInt64($0) }
            guard !serverIDs.isEmpty, serverIDs.count == words.count else { return nil }
            self = .acknowledge(user: user, device: device, serverIDs: serverIDs)
        case "seen":
            guard let time = fields["at"].flatMap({ UInt64($0) }) else { return nil }
            self = .seen(DeviceSighting(user: user, device: device, time: time))
        default: return nil
        }
    }
}
