/// One connection's life as the protocol sees it: first words, commands sent and answers in their order, pushes told apart, times that run
/// out. Pure: events and the time go in, actions come out; it knows no socket.
///
/// `Reply` is whatever the owner needs to deliver an answer. Times are nanoseconds of one clock.
struct ConnectionMachine<Reply>: ~Copyable {
    enum Action {
        case none
        case send([RedisCommand])
        case answer(Reply, RESPValue)
        case push([RESPValue])
        case ready(RedisServer, isTracking: Bool)
        /// The connection is of no use any more.
        case close(RedisError)
    }

    enum Phase {
        case connecting
        case greeting
        case ready
        case closed
    }

    struct Settings: Sendable {
        var handshake = Handshake.Settings()
        var connectTimeout: UInt64 = 2_000_000_000
        var pingInterval: UInt64 = 5_000_000_000
        /// A connection on which the oldest answer is overdue and nothing came for so long is given up.
        var silence: UInt64 = 2_000_000_000
    }

    let settings: Settings
    let address: RedisAddress
    private(set) var phase = Phase.connecting
    private var handshake: Handshake
    private var pending = FIFO<PendingReply<Reply>>()
    /// No command's time runs out before.
    private var earliest = UInt64.max
    private var phaseDeadline: UInt64
    private var lastHeard: UInt64
    /// In RESP2 messages come as arrays: nothing but the connection's use tells them from answers.
    private let hasArrayPushes: Bool

    init(_ settings: Settings, address: RedisAddress, now: UInt64) {
        self.settings = settings
        self.address = address
        handshake = Handshake(settings.handshake, address: address)
        phaseDeadline = now &+ settings.connectTimeout
        lastHeard = now
        hasArrayPushes = settings.handshake.role != .data
    }

    /// Commands sent and not answered, those given up included.
    var inFlight: Int { pending.count }

    // MARK: - Events

    /// The connection is there. The first words to send.
    mutating func connected() -> [RedisCommand] {
        phase = .greeting
        return handshake.begin()
    }

    /// A command was written; only when `ready`.
    @inline(__always)
    mutating func sent(_ reply: Reply?, deadline: UInt64, isConfirmation: Bool = false) {
        pending.append(PendingReply(reply: reply, deadline: deadline, isConfirmation: isConfirmation))
        if deadline < earliest { earliest = deadline }
    }

    /// Bytes came, whatever they are.
    @inline(__always)
    mutating func heard(_ now: UInt64) { lastHeard = now }

    @inline(__always)
    mutating func received(_ value: RESPValue) -> Action {
        if case .push(let elements) = value { return pushed(elements) }
        guard phase == .ready else { return greeted(value) }
        if hasArrayPushes, case .array(let elements) = value, Self.isMessage(elements) { return pushed(elements) }
        guard let entry = pending.popFirst() else {
            return .close(RedisError(.malformed, "\(address) answers what nobody asked"))
        }
        guard let reply = entry.reply else { return .none }
        return .answer(reply, value)
    }

    private mutating func greeted(_ value: RESPValue) -> Action {
        guard phase == .greeting else { return .none }
        switch handshake.received(value) {
        case .wait: return .none
        case .send(let commands): return .send(commands)
        case .failed(let error): return .close(error)
        case .ready(let server, let isTracking):
            phase = .ready
            return .ready(server, isTracking: isTracking)
        }
    }

    private mutating func pushed(_ elements: [RESPValue]) -> Action {
        guard Self.isConfirmation(elements), !pending.isEmpty, pending.pointer(0).pointee.isConfirmation else { return .push(elements) }
        guard let reply = pending.popFirst()?.reply else { return .push(elements) }
        return .answer(reply, .push(elements))
    }

    private static func isMessage(_ elements: [RESPValue]) -> Bool {
        guard case .bulk(let kind)? = elements.first else { return false }
        switch String(decoding: kind, as: UTF8.self) {
        case "message", "pmessage", "smessage": return true
        default: return isConfirmation(elements)
        }
    }

    private static func isConfirmation(_ elements: [RESPValue]) -> Bool {
        guard case .bulk(let kind)? = elements.first, elements.count == 3 else { return false }
        switch String(decoding: kind, as: UTF8.self) {
        case "subscribe", "psubscribe", "ssubscribe", "unsubscribe", "punsubscribe", "sunsubscribe": return true
        default: return false
        }
    }

    /// The connection is over. Those who wait for answers, in order.
    mutating func closed() -> [Reply] {
        phase = .closed
        earliest = .max
        var rest: [Reply] = []
        while let entry = pending.popFirst() {
            if let reply = entry.reply { rest.append(reply) }
        }
        return rest
    }

    // MARK: - Time

    /// When `timePassed` is to be called next.
    var nextDeadline: UInt64 {
        switch phase {
        case .connecting, .greeting: return phaseDeadline
        case .closed: return .max
        case .ready: break
        }
        if pending.isEmpty { return settings.pingInterval == 0 ? .max : lastHeard &+ settings.pingInterval }
        // An answer that is overdue: until the silence is too long.
        let head = pending.pointer(0).pointee.deadline
        return min(earliest, max(head, lastHeard &+ settings.silence))
    }

    /// Takes the time. Commands whose time ran out are appended to `expired`; their answers, should they come, go nowhere.
    mutating func timePassed(_ now: UInt64, expired: inout [Reply]) -> Action {
        switch phase {
        case .closed: return .none
        case .connecting, .greeting:
            guard now >= phaseDeadline else { return .none }
            let what = phase == .connecting ? "cannot be connected to" : "does not greet back"
            return .close(RedisError(.disconnected, "\(address) \(what) within \(settings.connectTimeout / 1_000_000) ms"))
        case .ready: break
        }
        if now >= earliest { expire(now, &expired) }
        if pending.isEmpty { return idle(now) }
        guard pending.pointer(0).pointee.deadline <= now, now &- lastHeard >= settings.silence else { return .none }
        return .close(RedisError(.disconnected, "\(address) has said nothing for \((now &- lastHeard) / 1_000_000) ms"))
    }

    private mutating func idle(_ now: UInt64) -> Action {
        guard settings.pingInterval > 0, now &- lastHeard >= settings.pingInterval else { return .none }
        sent(nil, deadline: now &+ settings.pingInterval)
        return .send([RedisCommand("PING")])
    }

    private mutating func expire(_ now: UInt64, _ expired: inout [Reply]) {
        var next = UInt64.max
        for index in 0..<pending.count {
            let entry = pending.pointer(index)
            guard let reply = entry.pointee.reply else { continue }
            if entry.pointee.deadline <= now {
                expired.append(reply)
                entry.pointee.reply = nil
            } else {
                next = min(next, entry.pointee.deadline)
            }
        }
        earliest = next
    }
}
