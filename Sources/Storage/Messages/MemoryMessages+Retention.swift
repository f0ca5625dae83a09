extension MemoryMessages {
    func excess(over kept: Int, seenSince: UInt64, limit: Int) -> ExcessPage {
        var page = ExcessPage()
        for conversation in conversations.values.sorted(by: { $0.number < $1.number }) where conversation.messages.count > kept {
            var found = Excess(conversation: conversation.number, sequence: 0, count: 0)
            for position in conversation.messages.dropLast(kept).prefix(limit) {
                guard let message = messages[position], !isWaitedFor(message, seenSince: seenSince) else { break }
                found.sequence = message.stored.sequence
                found.count += 1
            }
            if found.count > 0 { page.excesses.append(found) }
        }
        return page
    }

    mutating func remove(_ excess: Excess) {
        let positions = conversations.values.first { $0.number == excess.conversation }?.messages ?? []
        for position in positions where messages[position].map({ $0.stored.sequence <= excess.sequence }) ?? false { remove(position) }
    }

    private func isWaitedFor(_ message: Message, seenSince: UInt64) -> Bool {
        let isGroup = message.mailbox.first == UInt8(ascii: "g")
        let name = Name(message.mailbox.dropFirst(2))
        let users = isGroup ? groups[name] ?? [:] : [name: 0]
        return users.contains { user, since in
            let own = cursors.filter { $0.key.user == user }
            let text = String(decoding: user, as: UTF8.self)
            var devices = own.filter { seen[$0.key] ?? .max >= seenSince }.map {
                WaitingDevice(device: String(decoding: $0.key.device, as: UTF8.self), user: text, position: $0.value, since: since)
            }
            // Who has no device, or none that anybody uses, has got what the furthest one has.
            if devices.isEmpty { devices = [WaitingDevice(user: text, position: own.values.max() ?? 0, since: since)] }
            return devices.contains {
                $0.waits(
                    forMessageAt: message.stored.position, from: String(decoding: message.sender, as: UTF8.self),
                    String(decoding: message.device, as: UTF8.self), inGroup: isGroup)
            }
        }
    }
}
