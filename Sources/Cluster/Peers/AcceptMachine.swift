/// The called side of a link: proves itself, checks the caller, then counts records. Pure.
struct AcceptMachine {
    enum Action: Equatable {
        case send([UInt8])
        /// The caller is who it says; answer with `welcome(received:)`.
        case opened(NodeID, stream: UInt64)
    }

    private enum State: Equatable {
        case hello, proof, open
    }

    let identity: PeerIdentity
    private var transcript: PeerIdentity.Transcript
    private var state = State.hello

    var isOpen: Bool { state == .open }

    init(identity: PeerIdentity, own: NodeID, nonce: [UInt8]) {
        self.identity = identity
        transcript = .init(dialer: .none, acceptor: own, stream: 0, dialerNonce: [], acceptorNonce: nonce)
    }

    /// - Parameter isMember: whether a node of that number is registered.
    mutating func received(
        _ kind: UInt8, _ body: ArraySlice<UInt8>, isMember: (NodeID) -> Bool
    ) throws(PeerProtocolError) -> Action {
        guard let kind = PeerWire.Control(rawValue: kind) else { throw .unexpected("frame of kind \(kind)") }
        var reader = PeerReader(body)
        switch (kind, state) {
        case (.hello, .hello):
            guard let id = reader.number(UInt32.self), let stream = reader.number(UInt64.self),
                let nonce = reader.bytes(PeerIdentity.nonceSize)
            else { throw .malformed("hello") }
            transcript.dialer = NodeID(id)
            transcript.stream = stream
            transcript.dialerNonce = Array(nonce)
            state = .proof
            var answer: [UInt8] = []
            answer.append(transcript.acceptor.rawValue)
            answer += transcript.acceptorNonce
            answer += identity.mac(.accept, transcript)
            return .send(PeerWire.control(.challenge, answer))
        case (.proof, .proof):
            guard let mac = reader.bytes(PeerIdentity.macSize) else { throw .malformed("proof") }
            guard identity.verify(mac, .dial, transcript) else { throw .wrongSecret }
            guard isMember(transcript.dialer) else { throw .unknownNode(transcript.dialer) }
            state = .open
            return .opened(transcript.dialer, stream: transcript.stream)
        case (.ping, .open):
            return .send(PeerWire.control(.pong))
        default:
            throw .unexpected("\(kind)")
        }
    }

    static func welcome(received: UInt64) -> [UInt8] { PeerWire.control(.welcome, number(received)) }
    static func acknowledge(_ count: UInt64) -> [UInt8] { PeerWire.control(.acknowledge, number(count)) }
    static func refuse(_ error: PeerProtocolError) -> [UInt8] { PeerWire.control(.refuse, Array("\(error)".utf8)) }

    private static func number(_ value: UInt64) -> [UInt8] {
        var body: [UInt8] = []
        body.append(value)
        return body
    }
}
