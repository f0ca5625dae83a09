/// The calling side of a link: handshake, then acknowledgements. Pure: bytes and times in, actions out.
struct DialMachine {
    enum Action: Equatable {
        case none
        case send([UInt8])
        /// The link is open; the other side has so many records of the stream.
        case opened(received: UInt64)
        case acknowledged(UInt64)
    }

    private enum State: Equatable {
        case challenge, welcome, open
    }

    let identity: PeerIdentity
    private(set) var transcript: PeerIdentity.Transcript
    private var state = State.challenge

    var isOpen: Bool { state == .open }

    init(identity: PeerIdentity, own: NodeID, wanted: NodeID, stream: UInt64, nonce: [UInt8]) {
        self.identity = identity
        transcript = .init(dialer: own, acceptor: wanted, stream: stream, dialerNonce: nonce, acceptorNonce: [])
    }

    /// The first frame, sent once connected.
    var hello: [UInt8] {
        var body: [UInt8] = []
        body.append(transcript.dialer.rawValue)
        body.append(transcript.stream)
        body += transcript.dialerNonce
        return PeerWire.control(.hello, body)
    }

    mutating func received(_ kind: UInt8, _ body: ArraySlice<UInt8>) throws(PeerProtocolError) -> Action {
        guard let kind = PeerWire.Control(rawValue: kind) else { throw .unexpected("frame of kind \(kind)") }
        switch (kind, state) {
        case (.refuse, _):
            throw .refused(String(decoding: body, as: UTF8.self))
        case (.challenge, .challenge):
            return try challenged(body)
        case (.welcome, .welcome):
            var reader = PeerReader(body)
            guard let received = reader.number(UInt64.self) else { throw .malformed("welcome") }
            state = .open
            return .opened(received: received)
        case (.acknowledge, .open):
            var reader = PeerReader(body)
            guard let count = reader.number(UInt64.self) else { throw .malformed("acknowledgement") }
            return .acknowledged(count)
        case (.pong, .open):
            return .none
        default:
            throw .unexpected("\(kind)")
        }
    }

    private mutating func challenged(_ body: ArraySlice<UInt8>) throws(PeerProtocolError) -> Action {
        var reader = PeerReader(body)
        guard let id = reader.number(UInt32.self), let nonce = reader.bytes(PeerIdentity.nonceSize),
            let mac = reader.bytes(PeerIdentity.macSize)
        else { throw .malformed("challenge") }
        transcript.acceptorNonce = Array(nonce)
        let wanted = transcript.acceptor
        transcript.acceptor = NodeID(id)
        guard identity.verify(mac, .accept, transcript) else { throw .wrongSecret }
        guard transcript.acceptor == wanted else { throw .anotherNode(transcript.acceptor) }
        state = .welcome
        return .send(PeerWire.control(.proof, identity.mac(.dial, transcript)))
    }
}
