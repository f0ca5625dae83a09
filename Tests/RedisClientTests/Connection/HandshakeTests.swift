import Testing

@testable import RedisClient

@Suite struct HandshakeTests {
    private let address = RedisAddress("r", 6379)
    private let hello = RESPValue.map([
        RESPPair(.bulk(Array("version".utf8)), .bulk(Array("7.0.15".utf8))), RESPPair(.bulk(Array("proto".utf8)), .integer(3)),
        RESPPair(.bulk(Array("id".utf8)), .integer(12)), RESPPair(.bulk(Array("mode".utf8)), .bulk(Array("standalone".utf8))),
        RESPPair(.bulk(Array("role".utf8)), .bulk(Array("master".utf8))),
    ])
    private let info = RESPValue.bulk(Array("# Server\r\nredis_version:6.2.0\r\nrun_id:abc\r\n".utf8))

    private func settings(_ change: (inout Handshake.Settings) -> Void = { _ in }) -> Handshake.Settings {
        var settings = Handshake.Settings()
        change(&settings)
        return settings
    }

    @Test func greetsANewServer() {
        var handshake = Handshake(
            settings {
                $0.password = "secret"
                $0.clientName = "me"
                $0.database = 4
                $0.tracking = RedisTracking(.broadcast(prefixes: ["u:"]), noLoop: true)
                $0.scripts = [RedisScript("return 1")]
            }, address: address)
        #expect(handshake.begin() == [RedisCommand("HELLO", "3", "AUTH", "default", "secret", "SETNAME", "me")])
        #expect(
            handshake.received(hello)
                == .send([
                    RedisCommand("SELECT", 4), RedisCommand("INFO", "server"), RedisCommand("SCRIPT", "LOAD", "return 1"),
                    RedisCommand("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "u:", "NOLOOP"), RedisCommand("PING"),
                ]))
        #expect(handshake.received(.simple("OK")) == .wait)
        #expect(handshake.received(info) == .wait)
        #expect(handshake.received(.bulk([])) == .wait)
        #expect(handshake.received(.simple("OK")) == .wait)
        let server = RedisServer(
            address: address, version: "7.0.15", protocolVersion: 3, mode: "standalone", role: "master", runID: "abc", clientID: 12,
            change: .first)
        #expect(handshake.received(.simple("PONG")) == .ready(server, isTracking: true))
    }

    @Test(arguments: [
        "ERR unknown command `HELLO`", "NOPROTO unsupported protocol version", "ERR unknown command 'HELLO', with args beginning with: '3'",
    ])
    func fallsBackForOldServers(_ answer: String) {
        var handshake = Handshake(
            settings {
                $0.user = "im"
                $0.password = "secret"
                $0.clientName = "me"
                $0.tracking = RedisTracking()
            }, address: address)
        _ = handshake.begin()
        #expect(
            handshake.received(.error(answer))
                == .send([
                    RedisCommand("AUTH", "im", "secret"), RedisCommand("CLIENT", "SETNAME", "me"), RedisCommand("CLIENT", "ID"),
                    RedisCommand("INFO", "server"), RedisCommand("PING"),
                ]))
        for reply in [RESPValue.simple("OK"), .error("ERR no names here"), .integer(5), info] {
            #expect(handshake.received(reply) == .wait)
        }
        let server = RedisServer(
            address: address, version: "6.2.0", protocolVersion: 2, mode: "", role: "", runID: "abc", clientID: 5, change: .first)
        #expect(handshake.received(.simple("PONG")) == .ready(server, isTracking: false))
    }

    @Test func saysWhoWasRefused() {
        for answer in ["WRONGPASS invalid username-password pair", "NOAUTH HELLO must be called", "ERR Client names cannot contain spaces"]
        {
            var handshake = Handshake(settings(), address: address)
            _ = handshake.begin()
            #expect(handshake.received(.error(answer)) == .failed(RedisError(.refused, "r:6379: \(answer)")))
        }
    }

    @Test func waitsForAServerThatLoads() {
        var handshake = Handshake(settings(), address: address)
        _ = handshake.begin()
        _ = handshake.received(hello)
        #expect(handshake.received(info) == .wait)
        let answer = handshake.received(.error("LOADING Redis is loading the dataset in memory"))
        #expect(answer == .failed(RedisError(.disconnected, "r:6379 is not ready: LOADING Redis is loading the dataset in memory")))
    }

    @Test func acceptsUsersWhoMayDoLittle() {
        var handshake = Handshake(settings { $0.mustBeMaster = true }, address: address)
        _ = handshake.begin()
        #expect(handshake.received(hello) == .send([RedisCommand("INFO", "server"), RedisCommand("ROLE"), RedisCommand("PING")]))
        #expect(handshake.received(.error("NOPERM no INFO for you")) == .wait)
        #expect(handshake.received(.error("NOPERM no ROLE for you")) == .wait)
        guard case .ready(let server, isTracking: false) = handshake.received(.error("NOPERM not even PING")) else {
            Issue.record("not ready")
            return
        }
        #expect(server.runID == nil)
    }

    @Test func refusesAReplicaWhereTheMasterIsWanted() {
        var handshake = Handshake(settings { $0.mustBeMaster = true }, address: address)
        _ = handshake.begin()
        _ = handshake.received(hello)
        _ = handshake.received(info)
        let answer = handshake.received(.array([.bulk(Array("slave".utf8)), .bulk([]), .integer(1)]))
        #expect(answer == .failed(RedisError(.disconnected, "r:6379 is no master but says 'slave'")))
    }

    @Test func anAnswerToNothingIsAFault() {
        var handshake = Handshake(settings { $0.protocolVersion = 2 }, address: address)
        guard case .failed(let error) = handshake.received(.simple("OK")) else {
            Issue.record("taken")
            return
        }
        #expect(error.code == .malformed)
    }
}
