import Glibc
import Reactor

/// The link on which this node sends records to another one: kept until the other acknowledged them, sent again over a new connection if it
/// had not got them, in order, none twice. Loop-only.
public final class PeerLink: @unchecked Sendable {
    // @unchecked: of one loop; others only carry it there.
    public let peer: PeerAddress
    public private(set) var isOpen = false
    /// Connections made and proved.
    public private(set) var openings = 0

    let loop: EventLoop
    let identity: PeerIdentity
    let limits: PeerLimits
    /// Names its records at the other side, over connections and registrations of this node.
    private(set) var stream = UInt64.random(in: 1 ... .max)
    private let own: () -> NodeID
    private let filter: FilterSource?
    weak var delegate: (any PeerLinkDelegate)?
    var backlog: PeerBacklog
    private var connector: Connector?
    private var connection: Connection?
    private var machine: DialMachine?
    private var isStopped = false
    private var failures = 0
    /// In the loop's milliseconds, like all times here.
    private var downSince: UInt32
    private var connectedAt: UInt32 = 0
    private var nextAttempt: UInt32

    /// - Parameters:
    ///   - own: this node's number at present.
    ///   - filter: TLS; nil: there is none.
    public init(
        loop: EventLoop, to peer: PeerAddress, own: @escaping () -> NodeID, secret: String, limits: PeerLimits,
        filter: FilterSource? = nil, delegate: any PeerLinkDelegate
    ) {
        self.loop = loop
        self.peer = peer
        self.own = own
        self.filter = filter
        identity = PeerIdentity(secret: secret)
        self.limits = limits
        self.delegate = delegate
        backlog = PeerBacklog(most: limits.backlog)
        downSince = loop.milliseconds
        nextAttempt = loop.milliseconds
    }

    public func start() {
        loop.assertInLoop()
        connect()
        _ = loop.scheduleTimer(afterMilliseconds: tick, self)
    }

    /// Queues a record. False when there is no room, or the link is stopped.
    public func send(_ record: PeerRecord) -> Bool {
        guard !isStopped, record.key.count <= PeerRecord.longestKey, let frame = backlog.add(record) else { return false }
        if isOpen { connection?.write(frame) }
        return true
    }

    /// Records not acknowledged yet.
    public var waiting: Int { Int(backlog.added - backlog.acknowledged) }
    public var waitingBytes: Int { backlog.byteCount }

    /// The node has gone: what it did not acknowledge is undelivered.
    public func stop() {
        guard !isStopped else { return }
        isStopped = true
        connector?.cancel()
        connector = nil
        drop()
        giveUp()
    }

    /// This node has another number: it is proved anew.
    public func renew() {
        guard !isStopped, connection != nil || connector != nil else { return }
        connector?.cancel()
        connector = nil
        if isOpen { downSince = loop.milliseconds }
        drop()
        nextAttempt = loop.milliseconds
        connect()
    }

    // MARK: Steps

    private let tick = 100

    private func connect() {
        guard !isStopped, connection == nil, connector == nil, own() != .none else { return }
        connector = loop.connect(
            host: peer.host, port: peer.port, timeoutMilliseconds: limits.connectMilliseconds, filter: filter
        ) { [weak self] connection in
            self?.connected(connection)
        } failed: { [weak self] error in
            self?.connector = nil
            self?.failed(error.code == ECONNREFUSED ? .nobodyThere("\(error)") : .connection("\(error)"))
        }
    }

    private func connected(_ connection: Connection) -> (any ConnectionDelegate)? {
        connector = nil
        guard !isStopped else { return nil }
        self.connection = connection
        connectedAt = loop.milliseconds
        let machine = DialMachine(identity: identity, own: own(), wanted: peer.id, stream: stream, nonce: PeerIdentity.nonce())
        self.machine = machine
        machine.hello.withUnsafeBytes { connection.write($0) }
        return self
    }

    private func act(_ action: DialMachine.Action, _ connection: Connection) throws(PeerProtocolError) {
        switch action {
        case .none: break
        case .send(let bytes): bytes.withUnsafeBytes { connection.write($0) }
        case .opened(let received):
            guard backlog.acknowledge(received) else { throw .malformed("welcome: \(received) records received") }
            isOpen = true
            failures = 0
            openings += 1
            delegate?.opened(self)
            backlog.forEachPiece { connection.write($0) }
        case .acknowledged(let count):
            guard backlog.acknowledge(count) else { throw .malformed("acknowledgement of \(count) records") }
        }
    }

    private func failed(_ error: PeerProtocolError) {
        guard !isStopped else { return }
        if isOpen || failures == 0 { downSince = isOpen ? loop.milliseconds : downSince }
        drop()
        failures += 1
        // 50 ms, then twice as long each time, 1.6 s at most; spread so that nodes do not call in step.
        let delay = 50 << min(failures - 1, 5)
        nextAttempt = loop.milliseconds &+ UInt32(delay + Int.random(in: 0...delay / 2))
        delegate?.down(self, error)
    }

    private func drop() {
        isOpen = false
        machine = nil
        let old = connection
        connection = nil
        old?.close(afterFlush: false, reason: .local)
    }

    private func giveUp() {
        guard !backlog.isEmpty else { return }
        if let delegate { backlog.forEach { delegate.undelivered($0, self) } }
        backlog.removeAll()
        // A new beginning: the old one's count at the other side is of no use.
        stream = UInt64.random(in: 1 ... .max)
    }
}

extension PeerLink: ConnectionDelegate {
    public func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int {
        guard connection === self.connection else { return bytes.count }
        var offset = 0
        do throws(PeerProtocolError) {
            while offset < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
                switch PeerWire.front(rest, maximumBody: 4096) {
                case .partial: return offset
                case .wrong(let error): throw error
                case .frame(let length):
                    let body = Array(rest[(PeerWire.headSize + 1)..<(PeerWire.headSize + length)])
                    if let action = try machine?.received(rest[PeerWire.headSize], body[...]) { try act(action, connection) }
                    offset += PeerWire.headSize + length
                }
            }
        } catch {
            failed(error)
        }
        return offset
    }

    public func closed(_ connection: Connection, reason: CloseReason) {
        guard connection === self.connection else { return }
        failed(.connection(connection.filterProblem.map { "TLS: \($0)" } ?? "the connection ended: \(reason)"))
    }
}

extension PeerLink: TimerTarget {
    public func timerFired(tag: UInt32, loop: EventLoop) {
        if isStopped { return }
        let now = loop.milliseconds
        if let connection {
            if isOpen {
                let silent = Int(Int32(bitPattern: now &- connection.lastRead))
                if silent > limits.silenceMilliseconds {
                    failed(.silent(milliseconds: silent))
                } else if silent >= limits.pingMilliseconds {
                    PeerWire.control(.ping).withUnsafeBytes { connection.write($0) }
                }
            } else if Int(Int32(bitPattern: now &- connectedAt)) > limits.handshakeMilliseconds {
                failed(.handshakeTimeout)
            }
        } else if Int32(bitPattern: now &- nextAttempt) >= 0 {
            connect()
        }
        // A handshake under way names the stream; it has its own time limit.
        if !isOpen, machine == nil, Int(Int32(bitPattern: now &- downSince)) > limits.holdMilliseconds { giveUp() }
        _ = loop.scheduleTimer(afterMilliseconds: tick, self)
    }
}
