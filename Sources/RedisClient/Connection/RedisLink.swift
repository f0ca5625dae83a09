import Reactor

/// One connection to one server, from connecting to its end; it is not made again. Does what its machine says.
final class RedisLink: ConnectionDelegate {
    let loop: EventLoop
    let address: RedisAddress
    private let client: RedisClient
    /// Held until the end.
    var owner: (any RedisLinkOwner)?
    private let commandLimit: Int
    private let byteLimit: Int

    @exclusivity(unchecked) private var machine: ConnectionMachine<ReplyTarget>
    @exclusivity(unchecked) private var decoder: RESPDecoder
    @exclusivity(unchecked) private var connection: Connection?
    private var connector: Connector?
    @exclusivity(unchecked) private var timer: DeadlineTimer?
    /// Ends when its last answer has come.
    private var isRetiring = false

    init(_ client: RedisClient, _ address: RedisAddress, _ handshake: Handshake.Settings, owner: any RedisLinkOwner) {
        let configuration = client.configuration
        self.client = client
        loop = client.loop
        self.address = address
        self.owner = owner
        commandLimit = max(configuration.queuedCommands, 1)
        byteLimit = client.byteLimit
        var settings = ConnectionMachine<ReplyTarget>.Settings(handshake: handshake)
        settings.connectTimeout = UInt64(max(configuration.connectTimeout, 1)) * 1_000_000
        settings.pingInterval = UInt64(max(configuration.pingInterval, 0)) * 1_000_000
        settings.silence = UInt64(max(configuration.commandTimeout, 1)) * 1_000_000
        machine = ConnectionMachine(settings, address: address, now: client.loop.now)
        var limits = configuration.limits
        // The loop closes a connection that keeps more.
        limits.stringBytes = min(limits.stringBytes, client.loop.limits.inputCap - 64)
        decoder = RESPDecoder(limits: limits)
        timer = DeadlineTimer(loop) { [self] in timePassed() }
    }

    @inline(__always)
    var isReady: Bool { machine.phase == .ready && !isRetiring }
    var isClosed: Bool { machine.phase == .closed }
    var inFlight: Int { machine.inFlight }

    /// The one place where a socket is made, with what stands between it and the machine: TLS.
    func open() {
        let host = address.host
        var filter: FilterSource?
        if let secure = client.secure { filter = { secure(host) } }
        connector = loop.connect(
            host: host, port: address.port, timeoutMilliseconds: Int(machine.settings.connectTimeout / 1_000_000),
            filter: filter
        ) { [self] connection in
            if isClosed { return nil }
            begin(connection)
            return self
        } failed: { [self] error in
            close(RedisError(.disconnected, "\(error)"))
        }
        arm()
    }

    private func begin(_ connection: Connection) {
        self.connection = connection
        connector = nil
        write(machine.connected())
    }

    // MARK: - Commands

    /// Whether one more command of so many bytes may be sent; large ones alone.
    @inline(__always)
    func hasRoom(_ bytes: Int) -> Bool {
        guard let connection, machine.inFlight < commandLimit else { return false }
        return connection.waitingBytes == 0 || connection.waitingBytes + bytes <= byteLimit
    }

    /// Writes a command; only when `isReady`. Goes out at the tick's end.
    @inline(__always)
    func send(_ command: RedisCommand, _ target: ReplyTarget?, deadline: UInt64, isConfirmation: Bool = false) {
        write(command)
        machine.sent(target, deadline: deadline, isConfirmation: isConfirmation)
        timer?.arm(deadline)
    }

    @inline(__always)
    private func write(_ command: RedisCommand) {
        guard let connection else { return }
        connection.commit(command.write(to: connection.reserve(command.wireRoom)))
    }

    private func write(_ commands: [RedisCommand]) {
        for command in commands { write(command) }
    }

    // MARK: - What comes

    func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int {
        machine.heard(loop.now)
        var offset = 0
        do throws(RESPFailure) {
            while let value = try decoder.next(bytes, &offset) {
                handle(machine.received(value))
                if self.connection == nil { return bytes.count }
            }
        } catch {
            close(RedisError(.malformed, "\(address) sent \(error.message)"))
            return bytes.count
        }
        if decoder.needed > 0 { connection.expect(decoder.needed) }
        if isRetiring, machine.inFlight == 0 { abandon(RedisError(.disconnected, "\(address) is no longer needed")) }
        return offset
    }

    @inline(__always)
    private func handle(_ action: ConnectionMachine<ReplyTarget>.Action) {
        switch action {
        case .answer(let target, let value):
            if case .error(let text) = value {
                failed(target, text)
            } else {
                target(.success(value))
            }
        default: handleRare(action)
        }
    }

    private func failed(_ target: ReplyTarget, _ text: String) {
        client.count.serverErrors &+= 1
        target(.failure(RedisError(.server, text, execution: .answered)))
        // A master that has become a replica.
        if machine.settings.handshake.mustBeMaster, text.hasPrefix("READONLY") {
            close(RedisError(.disconnected, "\(address) takes no writes any more"))
        }
    }

    private func handleRare(_ action: ConnectionMachine<ReplyTarget>.Action) {
        switch action {
        case .none, .answer: break
        case .send(let commands): write(commands)
        case .push(let elements): owner?.linkPushed(self, elements)
        case .ready(let server, let isTracking):
            arm()
            owner?.linkReady(self, server, isTracking: isTracking)
        case .close(let error): close(error)
        }
    }

    func closed(_ connection: Connection, reason: CloseReason) {
        guard self.connection === connection else { return }
        close(
            RedisError(
                reason == .shutdown ? .closed : .disconnected,
                "the connection to \(address) ended: \(connection.filterProblem.map { "TLS: \($0)" } ?? "\(reason)")"))
    }

    // MARK: - Time and end

    private func timePassed() {
        var expired: [ReplyTarget] = []
        let action = machine.timePassed(loop.now, expired: &expired)
        if !expired.isEmpty {
            client.count.timeouts &+= expired.count
            let error = RedisError(.timedOut, "\(address) did not answer in time", execution: .possibly)
            for target in expired { target(.failure(error)) }
        }
        handle(action)
        arm()
    }

    private func arm() {
        let next = machine.nextDeadline
        if next != .max { timer?.arm(next) }
    }

    /// Ends it; those who wait for answers are told.
    func close(_ reason: RedisError) {
        if isClosed { return }
        let rest = end()
        owner?.linkClosed(self, reason)
        owner = nil
        tell(rest, reason)
    }

    /// The same without telling the owner.
    func abandon(_ reason: RedisError) {
        owner = nil
        if isClosed { return }
        tell(end(), reason)
    }

    /// Takes no more commands, and ends when the last answer has come. The owner is not told.
    func retire() {
        owner = nil
        isRetiring = true
        if machine.inFlight == 0 || machine.phase != .ready { abandon(RedisError(.disconnected, "\(address) is no longer needed")) }
    }

    private func end() -> [ReplyTarget] {
        let rest = machine.closed()
        timer?.end()
        connector?.cancel()
        connector = nil
        connection?.close(afterFlush: false)
        connection = nil
        return rest
    }

    private func tell(_ targets: [ReplyTarget], _ reason: RedisError) {
        let error = reason.with(.possibly)
        for target in targets { target(.failure(error)) }
    }
}
