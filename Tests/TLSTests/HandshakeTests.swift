import Dispatch
import Glibc
import Reactor
import TLS
import TestSupport
import Testing

@Suite struct HandshakeTests {
    @Test func silenceIsCutOff() throws {
        let certificates = try Certificates()
        let door = try certificates.server(handshakeSeconds: 1)
        let loops = try SecureLoops(door)
        defer { loops.stop() }
        let socket = try BlockingSocket(port: loops.port)
        #expect(try socket.receive(1).isEmpty)
        loops.echo.closes.wait()
        #expect(loops.echo.reasons.value == [.handshake(0)])
        #expect(door.counts[.timeout] == 1)
    }

    @Test func aByteNowAndThenIsCutOffToo() throws {
        let certificates = try Certificates()
        let loops = try SecureLoops(certificates.server(handshakeSeconds: 1))
        defer { loops.stop() }
        let socket = try BlockingSocket(port: loops.port)
        // The beginning of a ClientHello of 512 bytes.
        for byte: UInt8 in [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3] {
            guard (try? socket.send([byte])) != nil else { break }
            usleep(200_000)
        }
        loops.echo.closes.wait()
        #expect(loops.echo.reasons.value == [.handshake(0)])
    }

    @Test(arguments: [
        [UInt8]("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8), [UInt8](repeating: 0, count: 100), [UInt8](repeating: 0xFF, count: 5000),
        [0, 0x86, 0, 1, 0, 0, 0, 10] + [UInt8](repeating: 1, count: 10),
    ])
    func bytesThatAreNoTLSCloseIt(bytes: [UInt8]) throws {
        let certificates = try Certificates()
        let door = try certificates.server()
        let loops = try SecureLoops(door)
        defer { loops.stop() }
        let socket = try BlockingSocket(port: loops.port)
        try socket.send(bytes)
        // An alert at most, then the end.
        #expect(((try? socket.receive(1000)) ?? []).count < 20)
        loops.echo.closes.wait()
        #expect(loops.echo.reasons.value.first?.kind == .handshake)
        #expect(loops.echo.received.value == 0)
        #expect(door.counts[.notTLS] + door.counts[.version] == 1)
    }

    @Test func clientsWithoutCertificateAreRefusedWhereOneIsAskedFor() throws {
        let certificates = try Certificates()
        let door = try certificates.server(asksClients: true)
        let loops = try SecureLoops(door)
        defer { loops.stop() }
        let refused = try loops.connect(certificates.client())
        #expect(refused.waitClosed() != nil)
        let stranger = try loops.connect(certificates.client(own: "stranger"))
        #expect(stranger.waitClosed() != nil)
        #expect(door.counts[.certificate] == 2)
        let known = try loops.connect(certificates.client(own: "client"))
        loops.write([1, 2, 3], known)
        #expect(known.wait(3) == [1, 2, 3])
        #expect(door.counts[.completed] == 1)
    }

    @Test func aServerThatIsNotTrustedIsRefused() throws {
        let certificates = try Certificates()
        let loops = try SecureLoops(certificates.server())
        defer { loops.stop() }
        let door = try certificates.client(authorities: "other-ca.pem")
        let client = try loops.connect(door)
        #expect(client.waitClosed()?.kind == .handshake)
        #expect(client.problem.value == "unable to get local issuer certificate")
        #expect(door.counts[.certificate] == 1)
    }

    @Test(arguments: [("localhost", true), ("127.0.0.1", true), ("chat.example", false), ("127.0.0.2", false)])
    func theHostMustBeTheCertificates(host: String, isTaken: Bool) throws {
        let certificates = try Certificates()
        let loops = try SecureLoops(certificates.server())
        defer { loops.stop() }
        let client = try loops.connect(certificates.client(), host: host)
        loops.write([9], client)
        #expect((client.wait(1) == [9]) == isTaken)
    }

    @Test func manyAtOnceDoNotHoldOthersUp() throws {
        let certificates = try Certificates()
        let door = try certificates.server("rsa")
        let loops = try SecureLoops(door)
        defer { loops.stop() }
        let trusted = try certificates.client()
        let first = try loops.connect(trusted)
        loops.write([1], first)
        #expect(first.wait(1) == [1])
        let crowd = try (0..<100).map { _ in try loops.connect(trusted) }
        loops.write([2], first)
        #expect(first.wait(2) == [1, 2])
        for (index, one) in crowd.enumerated() { loops.write([UInt8(index)], one) }
        for (index, one) in crowd.enumerated() { #expect(one.wait(1) == [UInt8(index)]) }
        #expect(door.counts[.completed] == 101)
    }
}
