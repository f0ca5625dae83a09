import Reactor

/// The peer port of a node: lets other nodes in that know the secret and are registered, and hands on their records. Loop-only.
public final class PeerAcceptor: @unchecked Sendable {
    // @unchecked: of one loop; others only carry it there.
    private final class Stream {
        var received: UInt64 = 0
        var connection: Connection?
        var idleSince: UInt32 = 0
    }

    private let loop: EventLoop
    private let identity: PeerIdentity
    private let limits: PeerLimits
    private let own: () -> NodeID
    private let isMember: (NodeID) -> Bool
    private let heard: HeardNodes
    private weak var receiver: (any PeerReceiver)?
    private var streams: [UInt64: Stream] = [:]
    private var links: [ObjectIdentifier: Connection] = [:]
    /// The latest link of each node.
    private var current: [NodeID: Connection] = [:]
    private var unproved = 0
    private var touched: [Connection] = []
    private var isWatching = false

    /// How long a stream without a connection is remembered, in milliseconds: longer than any sender holds records.
    private static let memory = 600_000

    /// - Parameters:
    ///   - own: this node's number at present.
    ///   - isMember: whether a node is registered, as far as this one knows.
    ///   - heard: learns which nodes are heard.
    public init(
        loop: EventLoop, secret: String, limits: PeerLimits, own: @escaping () -> NodeID, isMember: @escaping (NodeID) -> Bool,
        heard: HeardNodes = HeardNodes(), receiver: any PeerReceiver
    ) {
        self.loop = loop
        identity = PeerIdentity(secret: secret)
        self.limits = limits
        self.own = own
        self.isMember = isMember
        self.heard = heard
        self.receiver = receiver
    }

    /// For a listener: the delegate of a connection to the peer port.
    public func accept(_ connection: Connection) -> (any ConnectionDelegate)? {
        guard unproved < limits.unproved, own() != .none else { return nil }
        begin()
        unproved += 1
        connection.context = IncomingLink(machine: AcceptMachine(identity: identity, own: own(), nonce: PeerIdentity.nonce()))
        links[ObjectIdentifier(connection)] = connection
        return self
    }

    /// A node's registration has gone: its links too.
    public func gone(_ node: NodeID) {
        heard.unregistered(node, now: milliseconds)
        for connection in links.values where link(connection)?.node == node { refuse(connection, .unknownNode(node)) }
    }

    /// This node has another number: whoever is connected has to ask again.
    public func renew() {
        for connection in links.values { refuse(connection, .anotherNode(own())) }
    }

    private func begin() {
        if isWatching { return }
        isWatching = true
        loop.afterTick(self)
        _ = loop.scheduleTimer(afterMilliseconds: 1000, self)
    }

    private func link(_ connection: Connection) -> IncomingLink? { connection.context as? IncomingLink }

    private var milliseconds: UInt64 { loop.now / 1_000_000 }

    /// Often enough: what it is asked for are seconds.
    private static let hearing: UInt64 = 100

    private func hear(_ link: IncomingLink) {
        let now = milliseconds
        guard now >= link.heard + Self.hearing else { return }
        link.heard = now
        heard.heard(link.node, now: now)
    }

    private func opened(_ node: NodeID, _ number: UInt64, _ link: IncomingLink, _ connection: Connection) {
        unproved -= 1
        link.node = node
        link.stream = number
        heard.opened(node, now: milliseconds)
        current[node] = connection
        let stream = streams[number] ?? Stream()
        streams[number] = stream
        let before = stream.connection
        stream.connection = connection
        before?.close(afterFlush: false, reason: .local)
        link.acknowledged = stream.received
        AcceptMachine.welcome(received: stream.received).withUnsafeBytes { connection.write($0) }
    }

    private func refuse(_ connection: Connection, _ error: PeerProtocolError) {
        AcceptMachine.refuse(error).withUnsafeBytes { connection.write($0) }
        connection.close(afterFlush: true, reason: .protocolError)
    }

    private func control(_ kind: UInt8, _ body: ArraySlice<UInt8>, _ link: IncomingLink, _ connection: Connection) throws(PeerProtocolError)
    {
        switch try link.machine.received(kind, body, isMember: isMember) {
        case .send(let bytes): bytes.withUnsafeBytes { connection.write($0) }
        case .opened(let node, let stream): opened(node, stream, link, connection)
        }
    }
}

extension PeerAcceptor: ConnectionDelegate {
    public func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int {
        guard let link = link(connection), connection.isOpen else { return bytes.count }
        // Nobody who has not proved itself makes this side keep more than a proof.
        let most = link.machine.isOpen ? limits.frame + PeerWire.overhead : 256
        if link.machine.isOpen { hear(link) }
        var offset = 0
        do throws(PeerProtocolError) {
            while offset < bytes.count, connection.isOpen {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
                switch PeerWire.front(rest, maximumBody: most) {
                case .wrong(let error): throw error
                case .partial(let needed):
                    connection.expect(needed)
                    return offset
                case .frame(let length):
                    let body = UnsafeRawBufferPointer(rebasing: rest[PeerWire.headSize..<PeerWire.headSize + length])
                    offset += PeerWire.headSize + length
                    if link.machine.isOpen, let record = PeerRecord(body: body) {
                        take(record, link, connection)
                    } else {
                        try control(body[0], Array(body.dropFirst())[...], link, connection)
                    }
                }
            }
        } catch {
            receiver?.refused(error, remote: connection.remoteAddress?.host ?? "")
            refuse(connection, error)
        }
        return offset
    }

    private func take(_ record: PeerRecord, _ link: IncomingLink, _ connection: Connection) {
        guard let stream = streams[link.stream], stream.connection === connection else { return }
        stream.received += 1
        if !link.isTouched {
            link.isTouched = true
            touched.append(connection)
        }
        receiver?.received(record, from: link.node)
    }

    public func closed(_ connection: Connection, reason: CloseReason) {
        links[ObjectIdentifier(connection)] = nil
        guard let link = link(connection) else { return }
        if !link.machine.isOpen {
            unproved -= 1
            if let problem = connection.filterProblem {
                receiver?.refused(.connection("TLS: \(problem)"), remote: connection.remoteAddress?.host ?? "")
            }
        }
        if current[link.node] === connection {
            current[link.node] = nil
            heard.closed(link.node, now: milliseconds)
        }
        if let stream = streams[link.stream], stream.connection === connection {
            stream.connection = nil
            stream.idleSince = loop.milliseconds
        }
    }
}

extension PeerAcceptor: TickObserver {
    /// One acknowledgement a tick and stream.
    public func tickEnded(_ loop: EventLoop) {
        if touched.isEmpty { return }
        for connection in touched {
            guard let link = link(connection) else { continue }
            link.isTouched = false
            guard connection.isOpen, let stream = streams[link.stream] else { continue }
            link.acknowledged = stream.received
            AcceptMachine.acknowledge(stream.received).withUnsafeBytes { connection.write($0) }
        }
        touched.removeAll(keepingCapacity: true)
    }
}

extension PeerAcceptor: TimerTarget {
    public func timerFired(tag: UInt32, loop: EventLoop) {
        for connection in links.values {
            let silent = Int(Int32(bitPattern: loop.milliseconds &- connection.lastRead))
            if link(connection)?.machine.isOpen == true {
                if silent > 2 * limits.silenceMilliseconds { connection.close(afterFlush: false, reason: .idle) }
            } else if connection.age > limits.handshakeMilliseconds {
                connection.close(afterFlush: false, reason: .idle)
            }
        }
        for (number, stream) in streams where stream.connection == nil {
            if Int(Int32(bitPattern: loop.milliseconds &- stream.idleSince)) > Self.memory { streams[number] = nil }
        }
        _ = loop.scheduleTimer(afterMilliseconds: 1000, self)
    }
}

extension PeerAcceptor {
    /// Breaks all connections, as a network does.
    func cutForTest() {
        for connection in links.values { connection.close(afterFlush: false, reason: .local) }
    }
}
