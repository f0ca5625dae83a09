import CWire
import Messaging
import Reactor
import Storage

// Stored messages on their way to devices: what waits is read page by page, what devices have is told to the store.
extension NodeLoop {
    private static let pageMessages = 500
    private static let pageBytes = 1 << 20
    /// How long what devices have got is gathered before the store is told, in milliseconds.
    private static let tellMilliseconds = 40
    /// When the store is asked again after it failed, in milliseconds.
    private static let retryMilliseconds = 1000

    // MARK: To the device

    /// Reads the next page for a session that is behind, if it has room.
    func feedOn(_ session: Session, _ feed: InboxFeed) {
        guard session.state == .open, let connection = connection(of: session), connection.isOpen,
            connection.waitingBytes <= writeBufferHigh, feed.beginPage()
        else { return }
        let handle = session.handle
        let user = session.uid
        let device = session.device
        let position = feed.position
        let store = shared.messages.store
        let unwritten = shared.messages.unwritten.all(of: user, device)
        let taken = shared.messages.readers.submit { [self] in
            let page = Result {
                try store.inbox(of: user, device: device, after: position, limit: Self.pageMessages, bytes: Self.pageBytes)
            }
            // Kept also when the session is over by now: its login was answered, so its device is known from then on.
            if case .success(let page) = page, !page.isRegistered { return register(user, device, for: handle) }
            loop.execute { self.gotPage(page, unwritten, for: handle) }
        }
        if !taken { retry(handle, feed) }
    }

    private func gotPage(_ result: Result<InboxPage, any Error>, _ unwritten: Set<UInt64>, for handle: SessionHandle) {
        guard let session = slots.session(handle), let feed = session.feed, let connection = connection(of: session) else { return }
        guard case .success(let page) = result else { return retry(handle, feed) }
        for message in page.messages where !unwritten.contains(message.serverID) && feed.takesRead(message.serverID) {
            var passage = Passage(sender: SessionHandle(rawValue: 0), isSole: false)
            passage.storedID = message.serverID
            let frame = StoredFrame.frame(message)
            frame.withUnsafeBytes { frame in
                if hasOutbound { queueOutbound(frame, to: handle, passage) } else { write(frame, to: session, connection, passage) }
            }
        }
        if !outbox.isEmpty, let plugins { runOutbox(plugins) }
        feed.endPage(last: page.last, more: page.more, now: loop.now)
        feedOn(session, feed)
    }

    /// A device that is new begins with what no other of its user has got, and that has to be kept. Any thread.
    private func register(_ user: String, _ device: String, for handle: SessionHandle) {
        let again: @Sendable (_ isRegistered: Bool) -> Void = { [self] isRegistered in
            loop.execute {
                guard let session = self.slots.session(handle), let feed = session.feed else { return }
                guard isRegistered else { return self.retry(handle, feed) }
                feed.failPage()
                self.feedOn(session, feed)
            }
        }
        let taken = shared.messages.writer.submit(.register(user: user, device: device)) { result in
            if case .success = result { again(true) } else { again(false) }
        }
        if !taken { again(false) }
    }

    private func retry(_ handle: SessionHandle, _ feed: InboxFeed) {
        _ = loop.scheduleTimer(
            afterMilliseconds: Self.retryMilliseconds,
            LaterOnce { [unowned self] in
                guard let session = slots.session(handle), session.feed === feed else { return }
                feed.failPage()
                feedOn(session, feed)
            })
    }

    /// Something may lie in the store for a session that will not come live.
    func readStore(_ handle: SessionHandle) {
        guard handle.loop == index else {
            link(to: handle.loop)?.send(
                a: handle.rawValue, b: 0, kind: LoopRecordKind.readStore.rawValue, payload: UnsafeRawBufferPointer(start: nil, count: 0))
            return
        }
        guard let session = slots.session(handle), let feed = session.feed else { return }
        feed.fallBehind()
        feedOn(session, feed)
    }

    /// The number of a stored message; 0: the frame is no message, or was not stored.
    static func storedID(in frame: UnsafeRawBufferPointer) -> UInt64 {
        guard let envelope = scan(frame), envelope.flags & UInt32(HP_HAS_NODE_FIELDS) != 0,
            envelope.type == HP_MESSAGE_REQUEST.rawValue
        else { return 0 }
        let inner = part(envelope.inner, of: frame)
        var value = hp_field_value()
        hp_field_read(inner.baseAddress?.assumingMemoryBound(to: UInt8.self), inner.count, MessageFields.conversationSequence, &value)
        return value.number == 0 ? 0 : serverID(in: frame, envelope)
    }

    // MARK: From the device

    /// A stored message goes into the output.
    func writeStored(_ frame: UnsafeRawBufferPointer, _ serverID: UInt64, to session: Session, _ connection: Connection) {
        guard !session.acknowledges, session.feed != nil else { return connection.send(frame) }
        let receipts = session.receipts ?? SessionReceipts()
        session.receipts = receipts
        connection.tellsFlushes = true
        connection.send(frame)
        receipts.deliveries.wrote(.init(serverID: serverID, origin: .store), waiting: connection.bytesToFlush)
    }

    /// The device has a stored message.
    func took(_ serverID: UInt64, _ session: Session) {
        guard let feed = session.feed, feed.took(serverID) else { return }
        tellStore(session, feed)
    }

    /// Tells the store soon.
    func tellStore(_ session: Session, _ feed: InboxFeed) {
        guard !feed.isTelling else { return }
        feed.isTelling = true
        telling.append(session.handle)
        guard !storeTimerRuns else { return }
        storeTimerRuns = true
        _ = loop.scheduleTimer(afterMilliseconds: Self.tellMilliseconds, self, tag: Self.storeTag)
    }

    func tellStoreAll() {
        storeTimerRuns = false
        let handles = telling
        telling = []
        for handle in handles {
            guard let session = slots.session(handle), let feed = session.feed else { continue }
            feed.isTelling = false
            tellStoreNow(session, feed)
        }
    }

    func tellStoreNow(_ session: Session, _ feed: InboxFeed) {
        let taken = feed.takeTaken()
        guard !taken.isEmpty else { return }
        let handle = session.handle
        let user = session.uid
        let device = session.device
        let messages = shared.messages
        messages.unwritten.add(taken, of: user, device)
        messages.queue.put(.acknowledge(user: user, device: device, serverIDs: taken)) { [self] isWritten in
            messages.unwritten.remove(taken, of: user, device)
            loop.execute { self.told(isWritten, taken, handle) }
        }
    }

    private func told(_ isWritten: Bool, _ serverIDs: [UInt64], _ handle: SessionHandle) {
        guard let session = slots.session(handle), let feed = session.feed else { return }
        guard isWritten else {
            feed.putBack(serverIDs)
            return tellLater(handle, feed)
        }
        feed.confirmed(serverIDs)
        if feed.isBehind { feedOn(session, feed) }
    }

    private func tellLater(_ handle: SessionHandle, _ feed: InboxFeed) {
        _ = loop.scheduleTimer(
            afterMilliseconds: Self.retryMilliseconds,
            LaterOnce { [unowned self] in
                guard let session = slots.session(handle), session.feed === feed else { return }
                tellStore(session, feed)
            })
    }
}

/// Something to be done once, by a timer.
final class LaterOnce: TimerTarget {
    private let work: () -> Void

    init(_ work: @escaping () -> Void) { self.work = work }

    func timerFired(tag: UInt32, loop: EventLoop) { work() }
}
