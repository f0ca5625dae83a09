import Testing

@testable import Cluster

@Suite struct HandshakeTests {
    private let nonces = ([UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32))

    private func dialer(_ secret: String = "s", own: UInt32 = 3, wanted: UInt32 = 4) -> DialMachine {
        DialMachine(identity: PeerIdentity(secret: secret), own: NodeID(own), wanted: NodeID(wanted), stream: 77, nonce: nonces.0)
    }

    private func acceptor(_ secret: String = "s", own: UInt32 = 4) -> AcceptMachine {
        AcceptMachine(identity: PeerIdentity(secret: secret), own: NodeID(own), nonce: nonces.1)
    }

    /// Kind and body of a frame.
    private func split(_ frame: [UInt8]) -> (UInt8, ArraySlice<UInt8>) { (frame[8], frame[9...]) }

    private func answer(_ machine: inout AcceptMachine, _ frame: [UInt8], members: Set<UInt32> = [3]) throws -> AcceptMachine.Action {
        let (kind, body) = split(frame)
        return try machine.received(kind, body) { members.contains($0.rawValue) }
    }

    private func answer(_ machine: inout DialMachine, _ frame: [UInt8]) throws -> DialMachine.Action {
        let (kind, body) = split(frame)
        return try machine.received(kind, body)
    }

    @Test func bothSidesProveThemselves() throws {
        var (dial, accept) = (dialer(), acceptor())
        guard case .send(let challenge) = try answer(&accept, dial.hello) else { return #expect(Bool(false)) }
        guard case .send(let proof) = try answer(&dial, challenge) else { return #expect(Bool(false)) }
        #expect(try answer(&accept, proof) == .opened(NodeID(3), stream: 77))
        #expect(try answer(&dial, AcceptMachine.welcome(received: 12)) == .opened(received: 12))
        #expect(try answer(&dial, AcceptMachine.acknowledge(15)) == .acknowledged(15))
        #expect(dial.isOpen && accept.isOpen)
    }

    @Test func anotherSecretIsSeenByTheCaller() throws {
        var (dial, accept) = (dialer("right"), acceptor("wrong"))
        guard case .send(let challenge) = try answer(&accept, dial.hello) else { return #expect(Bool(false)) }
        #expect(throws: PeerProtocolError.wrongSecret) { try answer(&dial, challenge) }
    }

    @Test func aForgedProofOpensNothing() throws {
        var accept = acceptor()
        _ = try answer(&accept, dialer().hello)
        let forged = PeerWire.control(.proof, [UInt8](repeating: 9, count: 32))
        #expect(throws: PeerProtocolError.wrongSecret) { try answer(&accept, forged) }
        #expect(!accept.isOpen)
    }

    @Test func aProofOfOneConnectionIsWorthNothingOnAnother() throws {
        var (dial, accept) = (dialer(), acceptor())
        guard case .send(let challenge) = try answer(&accept, dial.hello),
            case .send(let proof) = try answer(&dial, challenge)
        else { return #expect(Bool(false)) }
        var other = AcceptMachine(identity: PeerIdentity(secret: "s"), own: NodeID(4), nonce: [UInt8](repeating: 5, count: 32))
        _ = try answer(&other, dialer().hello)
        #expect(throws: PeerProtocolError.wrongSecret) { try answer(&other, proof) }
    }

    @Test func anotherIncarnationAtTheAddressIsNotTakenForTheOneWanted() throws {
        var (dial, accept) = (dialer(wanted: 4), acceptor(own: 5))
        guard case .send(let challenge) = try answer(&accept, dial.hello) else { return #expect(Bool(false)) }
        #expect(throws: PeerProtocolError.anotherNode(NodeID(5))) { try answer(&dial, challenge) }
    }

    @Test func aNodeThatIsNotRegisteredIsRefused() throws {
        var (dial, accept) = (dialer(), acceptor())
        guard case .send(let challenge) = try answer(&accept, dial.hello),
            case .send(let proof) = try answer(&dial, challenge)
        else { return #expect(Bool(false)) }
        #expect(throws: PeerProtocolError.unknownNode(NodeID(3))) { try answer(&accept, proof, members: []) }
    }

    @Test func nothingComesBeforeTheProof() throws {
        for kind: PeerWire.Control in [.proof, .ping, .welcome, .acknowledge] {
            var accept = acceptor()
            #expect(throws: PeerProtocolError.self) { try answer(&accept, PeerWire.control(kind, [UInt8](repeating: 0, count: 64))) }
        }
        var dial = dialer()
        #expect(throws: PeerProtocolError.self) { try answer(&dial, AcceptMachine.welcome(received: 0)) }
    }

    @Test func cutFramesAreMalformedNotFatal() throws {
        let hello = dialer().hello
        for count in 9..<hello.count {
            var accept = acceptor()
            #expect(throws: PeerProtocolError.malformed("hello")) { try answer(&accept, Array(hello.prefix(count))) }
        }
    }

    @Test func framesOfClientsAndNodesAreToldApart() {
        let client: [UInt8] = [0, 0x86, 0, 1, 0, 0, 0, 2, 8, 4]
        client.withUnsafeBytes { #expect(PeerWire.front($0, maximumBody: 100) == .wrong(.aClientsFrame)) }
        let peer = dialer().hello
        peer.withUnsafeBytes { #expect(PeerWire.front($0, maximumBody: 100) == .frame(peer.count - 8)) }
        peer.withUnsafeBytes { #expect(PeerWire.front($0, maximumBody: 10) == .wrong(.length(peer.count - 8))) }
        for count in 0..<8 { peer.prefix(count).withUnsafeBytes { #expect(PeerWire.front($0, maximumBody: 100) == .partial(8)) } }
    }
}
