import ChatClient

/// A user's conversation: lines typed and events from the node in, lines to show out. Knows no terminal.
public actor ChatConsole {
    /// How the console behaves.
    public struct Options: Sendable {
        public var user: String
        /// A person types: lines are not held back while there is no connection, and are shown once sent.
        public var isInteractive: Bool
        /// How long to stay after the end of the input. nil: until what was sent is answered, at most a second.
        public var linger: Duration?

        public init(user: String, isInteractive: Bool, linger: Duration? = nil) {
            self.user = user
            self.isInteractive = isInteractive
            self.linger = linger
        }
    }

    /// Something went wrong that a script should see in the exit status.
    var hasFailed = false
    var session: ChatSession?
    /// Whether the session ended without the user wanting it.
    public var endedByItself: Bool { isOver && !isLeaving }

    /// The connection is gone for good.
    var isOver = false
    var unanswered = Unanswered()

    let client: ChatClient
    let options: Options
    let show: @Sendable (ConsoleLine) -> Void
    private var presence = Presence()
    private var lastWrittenTo: String?
    private var lastHeardFrom: String?
    private var hasSent = false
    private let signals = Signals()

    /// - Parameter show: called in order; must not block for long.
    public init(client: ChatClient, options: Options, show: @escaping @Sendable (ConsoleLine) -> Void) {
        self.client = client
        self.options = options
        self.show = show
    }

    /// Takes the events of the client until they end. Run it beside ``run(lines:)``.
    public func follow() async {
        for await event in client.events { await handle(event) }
        isOver = true
        signals.raise()
    }

    /// Carries out lines until `/logout` or the end, then logs out.
    ///
    /// - Returns: whether all went well.
    public func run<Lines: AsyncSequence & Sendable>(lines: Lines) async -> Bool where Lines.Element == String {
        var iterator = lines.makeAsyncIterator()
        var isAsked = false
        while !isOver, !isAsked, let line = try? await iterator.next() {
            isAsked = await carryOut(line)
        }
        if !isAsked { await lingerAfterInput() }
        await leave()
        return !hasFailed && !endedByItself
    }

    /// Logs out and lets ``follow()`` end.
    public func leave() async {
        if !isOver { isLeaving = true }
        await client.logout()
    }

    /// Returns whether to leave.
    func carryOut(_ line: String) async -> Bool {
        do {
            switch try ConsoleCommand(parsing: line) {
            case .message(let user, let text): await send(text, to: .user(user))
            case .group(let name, let text): await send(text, to: .group(name))
            case .say(let text): await say(text)
            case .history(let user):
                if options.isInteractive {
                    // The keyboard must not wait for the node.
                    Task { await showHistory(with: user) }
                } else {
                    await showHistory(with: user)
                }
            case .who: showPresence()
            case .help: for line in ConsoleCommand.overview { show(ConsoleLine(.answer, text: line)) }
            case .nothing: break
            case .logout: return true
            }
        } catch {
            problem("\(error)")
        }
        return false
    }

    private func say(_ text: String) async {
        guard let user = lastWrittenTo ?? lastHeardFrom else {
            return problem("nobody to write to yet: begin with /msg USER TEXT")
        }
        await send(text, to: .user(user))
    }

    private func showPresence() {
        let users = presence.users
        show(ConsoleLine(.answer, text: users.isEmpty ? "no contact is known to be online" : "online: " + users.joined(separator: ", ")))
    }

    func problem(_ text: String) {
        hasFailed = true
        show(ConsoleLine(.problem, text: text))
    }

    // MARK: Sending

    private func send(_ text: String, to target: ChatTarget) async {
        if case .user(let name) = target { lastWrittenTo = name }
        // A pipe goes slower rather than lose a line to the node's rate limit. A person is told at once.
        for attempt in 1... {
            let outcome = await sendOnce(text, to: target)
            guard outcome == .slower, attempt < 40 else { break }
            try? await Task.sleep(for: .milliseconds(250))
        }
    }

    private enum Outcome { case done, slower }

    private func sendOnce(_ text: String, to target: ChatTarget) async -> Outcome {
        if !options.isInteractive { await waitUntilOnline() }
        let id = await client.makeMessageID()
        unanswered.sent(id, to: target, text: text)
        do {
            try await transmit(id, text, to: target)
        } catch {
            // Lost on the way: with receipts it is sent again once there is a connection.
            let isRepeated = error.kind == .connectionLost && session?.capabilities.contains(.receipts) == true
            if !isRepeated {
                _ = unanswered.answered(id)
                problem("not sent to \(target): \(error)")
                return .done
            }
        }
        hasSent = true
        if options.isInteractive {
            show(.own(user: options.user, to: target.description, text: text))
            return .done
        }
        return await waitForAnswer(to: id, target)
    }

    private func transmit(_ id: UInt64, _ text: String, to target: ChatTarget) async throws(ChatClientError) {
        switch target {
        case .user(let name): try await client.send(to: name, text: text, messageID: id)
        case .group(let name): try await client.send(group: name, text: text, messageID: id)
        }
    }

    /// One line at a time where the node answers them, so that each keeps its place and its outcome is known.
    private func waitForAnswer(to id: UInt64, _ target: ChatTarget) async -> Outcome {
        let deadline = ContinuousClock.now + .seconds(15)
        while !isOver, ContinuousClock.now < deadline {
            // Without receipts only a failure would be answered: don't wait for it.
            if let session, !session.capabilities.contains(.receipts) { return .done }
            if rateLimited.remove(id) != nil { return .slower }
            if !unanswered.entries.contains(where: { $0.id == id }) { return .done }
            await signals.wait(until: deadline)
        }
        if unanswered.answered(id) != nil, !isOver { problem("no answer for the message to \(target), it may not have arrived") }
        return .done
    }

    private var rateLimited: Set<UInt64> = []

    private func waitUntilOnline() async {
        while session == nil, !isOver { await signals.wait(until: nil) }
    }

    private func lingerAfterInput() async {
        let isAnswered = hasSent && session?.capabilities.contains(.receipts) == true
        if options.isInteractive || (options.linger == nil && isAnswered) { return }
        let deadline = ContinuousClock.now + (options.linger ?? .seconds(1))
        while !isOver, ContinuousClock.now < deadline { await signals.wait(until: deadline) }
    }

    // MARK: Events

    private func handle(_ event: ChatEvent) async {
        switch event {
        case .online(let session): await cameOnline(session)
        case .message(let message): await received(message)
        case .notification(let notification):
            switch presence.received(json: notification.json) {
            case .online(let user): status("\(user) is online")
            case .offline(let user): status("\(user) is offline")
            case .notice(let text): status("notice: \(text)")
            case nil: break
            }
        case .receipt(let answer): _ = unanswered.answered(answer.messageID)
        case .failure(let answer):
            let entry = unanswered.answered(answer.messageID)
            if answer.code == 4, entry != nil, !options.isInteractive {
                rateLimited.insert(answer.messageID)
            } else {
                hasFailed = true
                show(.failure(answer, to: entry?.target.description))
            }
        case .disconnected(let reason, let delay): disconnected(reason, retryAfter: delay)
        }
        signals.raise()
    }

    private func received(_ message: ChatMessage) async {
        if seen.insert(message.serverID) {
            if message.from != options.user, message.group == nil { lastHeardFrom = message.from }
            show(.incoming(message))
        }
        // Shown is safe enough for a terminal. Without a connection the node sends it again, or tells the sender.
        guard message.serverID != 0, acknowledges else { return }
        try? await client.acknowledge([message.serverID])
    }

    private var seen = SeenMessages()
    /// What the node granted at the last login.
    private var acknowledges = false

    private func cameOnline(_ session: ChatSession) async {
        let isFirst = self.session == nil && !wasOnline
        wasOnline = true
        presence.forget()
        acknowledges = session.capabilities.contains(.acknowledgements)
        if !session.capabilities.contains(.receipts) { unanswered.forget() }
        // What the old connection left open goes out again; the node knows a message it has by its number.
        for entry in unanswered.entries {
            guard (try? await transmit(entry.id, entry.text, to: entry.target)) != nil else { break }
        }
        self.session = session
        if !isFirst { status("connected again") }
    }

    private var wasOnline = false
    private var isLeaving = false

    private func disconnected(_ reason: DisconnectReason, retryAfter delay: Duration?) {
        let isLoss = session != nil
        session = nil
        if let delay {
            status("\(isLoss ? "connection lost (\(reason))" : "\(reason)"), trying again in \(Self.seconds(delay))")
        } else if reason != .loggedOut {
            problem("\(reason)")
        }
    }

    private func status(_ text: String) {
        show(ConsoleLine(.status, text: text))
    }

    /// `2 s`, below a second `0.4 s`.
    static func seconds(_ duration: Duration) -> String {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        let tenths = (seconds * 10).rounded(.up) / 10
        return tenths < 1 ? "\(tenths) s" : "\(Int(seconds.rounded())) s"
    }
}
