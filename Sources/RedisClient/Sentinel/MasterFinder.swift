import Reactor

/// Asks sentinels where the master is, one after the other until one knows, and listens to that one for a change. Loop-only.
final class MasterFinder: RedisLinkOwner {
    private static let channel = "+switch-master"
    private static let mostSentinels = 32

    private let client: RedisClient
    private let name: String
    private var sentinels: [RedisAddress]
    private var next = 0
    private var link: RedisLink?
    private var canAsk = false
    private var isListening = false
    private var isOver = false
    /// Who waits for an answer, and how many sentinels are still to be tried for it.
    private var asked: ((Result<RedisAddress, RedisError>) -> Void)?
    private var triesLeft = 0
    private var known: RedisAddress?
    private var backoff: Backoff
    private lazy var retry = DeadlineTimer(client.loop) { [weak self] in self?.connect() }

    /// The master is another server now.
    var moved: (RedisAddress) -> Void = { _ in }

    init(_ client: RedisClient, _ sentinels: [RedisAddress], _ name: String) {
        self.client = client
        self.sentinels = sentinels
        self.name = name
        backoff = Backoff(first: client.configuration.reconnectDelay, most: client.configuration.reconnectDelayMost)
    }

    /// Calls `done` once, later, unless stopped.
    func find(_ done: @escaping (Result<RedisAddress, RedisError>) -> Void) {
        asked = done
        triesLeft = sentinels.count
        if let link, link.isReady, canAsk { return ask(link) }
        link?.abandon(RedisError(.closed, "asked anew"))
        link = nil
        connect()
    }

    func stop() {
        isOver = true
        asked = nil
        moved = { _ in }
        retry.disarm()
        link?.abandon(RedisError(.closed, "the client was closed"))
        link = nil
    }

    // MARK: - Asking

    private func connect() {
        guard !isOver, link == nil, !sentinels.isEmpty else { return }
        retry.disarm()
        let address = sentinels[next % sentinels.count]
        next = (next + 1) % sentinels.count
        var greeting = Handshake.Settings()
        greeting.role = .sentinel
        greeting.user = client.configuration.sentinelUser
        greeting.password = client.configuration.sentinelPassword
        greeting.protocolVersion = client.configuration.protocolVersion
        let link = RedisLink(client, address, greeting, owner: self)
        self.link = link
        isListening = false
        link.open()
    }

    func linkReady(_ link: RedisLink, _ server: RedisServer, isTracking: Bool) {
        // In RESP2 a connection with a subscription takes no questions.
        canAsk = server.protocolVersion >= 3
        ask(link)
    }

    private func ask(_ link: RedisLink) {
        let answered = ReplyTarget.closure { [weak self, weak link] result in
            guard let self, let link, self.link === link else { return }
            answeredBy(link, result)
        }
        link.send(RedisCommand("SENTINEL", "get-master-addr-by-name", name), answered, deadline: client.deadline(nil))
    }

    private func answeredBy(_ link: RedisLink, _ result: Result<RESPValue, RedisError>) {
        guard case .success(let value) = result, let parts = value.array, parts.count == 2, let host = parts[0].text,
            let port = parts[1].int
        else {
            let why: String = if case .failure(let error) = result { error.message } else { "it knows no master '\(name)'" }
            return link.close(RedisError(.disconnected, "sentinel \(link.address): \(why)"))
        }
        backoff.succeeded()
        listen(link)
        found(RedisAddress(host, port))
    }

    private func found(_ address: RedisAddress) {
        let isNew = known != address
        known = address
        if let asked {
            self.asked = nil
            asked(.success(address))
        } else if isNew {
            moved(address)
        }
    }

    private func listen(_ link: RedisLink) {
        if isListening { return }
        isListening = true
        let others = ReplyTarget.closure { [weak self] in self?.learn($0) }
        link.send(RedisCommand("SENTINEL", "SENTINELS", name), others, deadline: client.deadline(nil))
        link.send(RedisCommand("SUBSCRIBE", Self.channel), ReplyTarget.none, deadline: client.deadline(nil), isConfirmation: true)
    }

    /// The other sentinels, for the day when those configured are gone.
    private func learn(_ result: Result<RESPValue, RedisError>) {
        guard case .success(let value) = result else { return }
        for entry in value.array ?? [] {
            guard let host = entry["ip"]?.text, let port = entry["port"]?.int, (1...65_535).contains(port) else { continue }
            let address = RedisAddress(host, port)
            if !sentinels.contains(address), sentinels.count < Self.mostSentinels { sentinels.append(address) }
        }
    }

    func linkPushed(_ link: RedisLink, _ elements: [RESPValue]) {
        guard elements.count == 3, elements[0].text == "message", elements[1].text == Self.channel else { return }
        // NAME OLD-HOST OLD-PORT NEW-HOST NEW-PORT
        let parts = elements[2].text?.split(separator: " ") ?? []
        guard parts.count == 5, parts[0] == name, let port = Int(parts[4]) else { return }
        found(RedisAddress(String(parts[3]), port))
    }

    func linkClosed(_ link: RedisLink, _ reason: RedisError) {
        self.link = nil
        canAsk = false
        if isOver { return }
        client.logger.debug("redis: sentinel: \(reason.message)")
        triesLeft -= 1
        if let asked, triesLeft <= 0 || reason.code == .closed {
            self.asked = nil
            return asked(
                .failure(RedisError(reason.code, "no sentinel names the master '\(name)'; the last one: \(reason.message)")))
        }
        // Soon, where somebody waits and others can be asked.
        retry.arm(afterMilliseconds: asked == nil ? backoff.next() : 0)
    }
}
