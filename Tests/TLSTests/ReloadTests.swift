import Foundation
import Reactor
import TLS
import Testing

@Suite struct ReloadTests {
    @Test func newConnectionsHaveTheNewCertificate() throws {
        let certificates = try Certificates()
        let door = try certificates.server()
        let doors = TLSDoors([door])
        let loops = try SecureLoops(door)
        defer { loops.stop() }
        let trusted = try certificates.client()
        let before = try loops.connect(trusted)
        loops.write([1], before)
        #expect(before.wait(1) == [1])
        #expect(doors.reload(onlyIfChanged: true).isEmpty)

        // From another authority: the client that trusts the first one refuses it.
        try certificates.replace("server.pem", by: "stranger.pem")
        #expect(doors.reload(onlyIfChanged: true).first?.description.contains("belongs to another certificate") == true)
        let meanwhile = try loops.connect(trusted)
        loops.write([2], meanwhile)
        #expect(meanwhile.wait(1) == [2])
        // Nothing changed since: it is not said again.
        #expect(doors.reload(onlyIfChanged: true).isEmpty)

        try certificates.replace("server.key", by: "stranger.key")
        guard case .replaced(section: "tls", _, let expiry)? = doors.reload(onlyIfChanged: true).first else {
            Issue.record("not replaced")
            return
        }
        #expect(expiry == door.expiry)
        let refused = try loops.connect(trusted)
        #expect(refused.waitClosed()?.kind == .handshake)
        let taken = try loops.connect(certificates.client(authorities: "other-ca.pem"))
        loops.write([3], taken)
        #expect(taken.wait(1) == [3])
        // Those that were open stay.
        loops.write([4], before)
        #expect(before.wait(2) == [1, 4])
    }

    @Test func anExpiredOneIsNotTaken() throws {
        let certificates = try Certificates()
        let door = try certificates.server()
        let expiry = door.expiry
        try certificates.replace("server.pem", by: "expired.pem")
        let outcomes = TLSDoors([door]).reload()
        #expect(outcomes.count == 1)
        #expect(outcomes.first?.description.hasSuffix("expired at 2021-01-01 00:00:00 UTC; the certificate in force stays") == true)
        #expect(door.expiry == expiry)
    }
}
