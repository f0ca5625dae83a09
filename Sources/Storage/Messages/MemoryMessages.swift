/// What a `MemoryMessageStore` holds. Names are bytes.
struct MemoryMessages {
    typealias Name = [UInt8]

    struct Message {
        var stored: StoredMessage
        var conversation: Name
        var mailbox: Name
        var sender: Name
        var device: Name
        var time: UInt64
    }

    struct Conversation {
        var number: Int64 = 0
        var last: UInt64 = 0
        /// Positions, ascending.
        var messages: [UInt64] = []
    }

    struct Device: Hashable {
        var user: Name
        var device: Name
    }

    struct Sent: Hashable {
        var sender: Name
        var device: Name
        var mailbox: Name
        var messageID: UInt64
    }

    var messages: [UInt64: Message] = [:]
    var conversations: [Name: Conversation] = [:]
    /// Positions, ascending.
    var mailboxes: [Name: [UInt64]] = [:]
    var sent: [Sent: (serverID: UInt64, sequence: UInt64, time: UInt64)] = [:]
    var cursors: [Device: UInt64] = [:]
    var acknowledged: [Device: Set<UInt64>] = [:]
    /// Members with the position they came after.
    var groups: [Name: [Name: UInt64]] = [:]
    var version: UInt64 = 1
    /// When devices were last logged in, in milliseconds since 1970.
    var seen: [Device: UInt64] = [:]
    private var last: UInt64 = 0

    static func sorted(_ names: [Name]) -> [String] {
        names.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func add(_ users: [String], to group: String) {
        for user in users where groups[Array(group.utf8)]?[Array(user.utf8)] == nil {
            groups[Array(group.utf8)]?[Array(user.utf8)] = last
        }
        version += 1
    }

    mutating func apply(_ write: StoreWrite) -> StoreOutcome {
        switch write {
        case .save(let draft): return save(draft)
        case .acknowledge(let user, let device, let serverIDs):
            acknowledge(Device(user: Array(user.utf8), device: Array(device.utf8)), serverIDs)
            return .done
        case .register(let user, let device):
            register(Device(user: Array(user.utf8), device: Array(device.utf8)))
            return .done
        case .expire(let before, let now): return .expired(expire(before: before, now: now))
        }
    }

    private mutating func save(_ draft: MessageDraft) -> StoreOutcome {
        let sender = Array(draft.sender.utf8)
        if case .group(let name) = draft.recipient {
            guard let members = groups[Array(name.utf8)] else { return .noSuchGroup }
            guard !draft.needsMembership || members[sender] != nil else { return .notMember }
        }
        let mailbox = Array(draft.mailbox.utf8)
        let name = Sent(sender: sender, device: Array(draft.device.utf8), mailbox: mailbox, messageID: draft.messageID)
        if draft.messageID != 0, let known = sent[name], known.time + MessageDraft.resendWindow > draft.time {
            return .saved(serverID: known.serverID, sequence: known.sequence, isDuplicate: true)
        }
        if case .user(let user) = draft.recipient, waiting(for: Array(user.utf8), mailbox) >= draft.mostWaiting { return .inboxFull }
        last += 1
        let conversation = Array(draft.conversation.key.utf8)
        let sequence = (conversations[conversation]?.last ?? 0) + 1
        let number = Int64(conversations.count + 1)
        conversations[conversation, default: Conversation(number: number)].last = sequence
        conversations[conversation]?.messages.append(last)
        mailboxes[mailbox, default: []].append(last)
        messages[last] = Message(
            stored: StoredMessage(position: last, serverID: draft.serverID, sequence: sequence, body: draft.body, time: draft.time),
            conversation: conversation, mailbox: mailbox, sender: sender, device: name.device, time: draft.time)
        if draft.messageID != 0 { sent[name] = (draft.serverID, sequence, draft.time) }
        return .saved(serverID: draft.serverID, sequence: sequence, isDuplicate: false)
    }

    /// Messages of a user that no device has got.
    private func waiting(for user: Name, _ mailbox: Name) -> Int {
        let cursor = cursors.filter { $0.key.user == user }.values.max() ?? 0
        guard let positions = mailboxes[mailbox] else { return 0 }
        return positions.count - (positions.firstIndex { $0 > cursor } ?? positions.count)
    }

    // MARK: Inbox

    /// What lies in a user's mailboxes after a position, ascending, but for what the device sent itself to a group.
    private func candidates(_ device: Device, after position: UInt64) -> [Message] {
        var sources = [(name: Array("u:".utf8) + device.user, since: UInt64(0))]
        for (group, members) in groups {
            if let since = members[device.user] { sources.append((Array("g:".utf8) + group, since)) }
        }
        var found: [Message] = []
        for source in sources {
            for place in mailboxes[source.name] ?? [] where place > max(position, source.since) {
                guard let message = messages[place] else { continue }
                if source.name.first == UInt8(ascii: "g"), message.sender == device.user, message.device == device.device { continue }
                found.append(message)
            }
        }
        return found.sorted { $0.stored.position < $1.stored.position }
    }

    func inbox(_ user: String, _ device: String, after: UInt64?, limit: Int, bytes: Int) -> InboxPage {
        let device = Device(user: Array(user.utf8), device: Array(device.utf8))
        guard let cursor = cursors[device] else {
            var page = InboxPage(last: after ?? 0)
            page.isRegistered = false
            return page
        }
        var page = InboxPage(last: max(after ?? 0, cursor))
        var size = 0
        for message in candidates(device, after: page.last) where acknowledged[device]?.contains(message.stored.serverID) != true {
            if page.messages.count == limit || (size > 0 && size + message.stored.body.count > bytes) {
                page.more = true
                break
            }
            size += message.stored.body.count
            page.messages.append(message.stored)
            page.last = message.stored.position
        }
        return page
    }

    private mutating func register(_ device: Device) {
        guard cursors[device] == nil else { return }
        cursors[device] = cursors.filter { $0.key.user == device.user }.values.max() ?? 0
        acknowledged[device] = acknowledged.filter { $0.key.user == device.user }.values.reduce(into: []) { $0.formUnion($1) }
    }

    private mutating func acknowledge(_ device: Device, _ serverIDs: [UInt64]) {
        register(device)
        acknowledged[device, default: []].formUnion(serverIDs)
        for message in candidates(device, after: cursors[device] ?? 0) {
            guard acknowledged[device]?.remove(message.stored.serverID) != nil else { break }
            cursors[device] = message.stored.position
        }
    }

    // MARK: History

    func history(_ name: String, after sequence: UInt64, limit: Int, bytes: Int) -> HistoryPage {
        var page = HistoryPage()
        var size = 0
        for place in conversations[Array(name.utf8)]?.messages ?? [] {
            guard let message = messages[place], message.stored.sequence > sequence else { continue }
            guard page.messages.count < limit, page.messages.isEmpty || size + message.stored.body.count <= bytes else {
                page.more = true
                break
            }
            size += message.stored.body.count
            page.messages.append(message.stored)
        }
        return page
    }

    mutating func remove(_ position: UInt64) {
        guard let message = messages.removeValue(forKey: position) else { return }
        conversations[message.conversation]?.messages.removeAll { $0 == position }
        mailboxes[message.mailbox]?.removeAll { $0 == position }
    }

    private mutating func expire(before: UInt64, now: UInt64) -> Int {
        let old = messages.values.filter { $0.time < before }
        for message in old { remove(message.stored.position) }
        let named = sent.count
        sent = sent.filter { $0.value.time + MessageDraft.resendWindow >= now }
        return old.count + named - sent.count
    }
}
