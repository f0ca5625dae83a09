import Messaging
import Storage
import Synchronization

// Messages from outside where messages are stored: on the disk first, like those of clients, then to the sessions that are there.
extension Node {
    /// The sender's device in the store: no client has that name, so that all devices of a member called like the sender get it.
    private static let device = "\u{1}admin"

    func store(
        _ message: PushMessage, _ frame: [UInt8], id: UInt64, now: UInt64, mostWaiting: Int
    ) async throws(PushFailure) -> PushAnswer {
        if case .user(let user) = message.recipient { try checkIsUser(user) }
        guard let body = frame.withUnsafeBytes({ StoredFrame.body(of: $0) }) else { throw PushFailure(.unavailable, "not a message") }
        let recipient: MessageDraft.Recipient =
            switch message.recipient {
            case .user(let user): .user(user)
            case .group(let name): .group(name)
            }
        var draft = MessageDraft(
            sender: message.from, device: Self.device, recipient: recipient, messageID: message.messageID, serverID: id, time: now,
            body: body, mostWaiting: mostWaiting)
        draft.needsMembership = false
        let (number, sequence, isDuplicate) = try Self.saved(await commit(.save(draft)))
        guard !isDuplicate else {
            // The first one may have ended between the disk and the sessions.
            loops[0].loop.execute { [loop = loops[0]] in loop.readStoreLater(recipient) }
            return PushAnswer(sessions: 0, serverId: "\(number)", stored: true, duplicate: true)
        }
        let stored = StoredFrame.frame(StoredMessage(position: 0, serverID: number, sequence: sequence, body: body))
        // It is stored: whatever comes now, it will arrive.
        let sessions: Int? =
            switch recipient {
            case .user(let user): await route(stored, to: user)
            case .group(let name): (try? await route(stored, toGroup: name)) ?? nil
            }
        return PushAnswer(sessions: sessions ?? 0, serverId: "\(number)", stored: true)
    }

    /// On the disk, or failed; nil where too much waits.
    private func commit(_ write: StoreWrite) async -> Result<StoreOutcome, any Error>? {
        let writer = shared.messages.writer
        return await withCheckedContinuation { done in
            if !writer.submit(write, { done.resume(returning: $0) }) { done.resume(returning: nil) }
        }
    }

    private static func saved(
        _ result: Result<StoreOutcome, any Error>?
    ) throws(PushFailure) -> (serverID: UInt64, sequence: UInt64, isDuplicate: Bool) {
        guard let result else { throw PushFailure(.unavailable, "too much waits for the store") }
        guard case .success(let outcome) = result else { throw PushFailure(.unavailable, "messages cannot be stored now") }
        switch outcome {
        case .saved(let serverID, let sequence, let isDuplicate): return (serverID, sequence, isDuplicate)
        case .tooLarge: throw PushFailure(.tooLarge, "the store does not take so large a message")
        case .inboxFull: throw PushFailure(.unavailable, "the inbox is full")
        case .noSuchGroup: throw PushFailure(.noSuchGroup, "there is no such group")
        default: throw PushFailure(.unavailable, "messages cannot be stored now")
        }
    }
}
