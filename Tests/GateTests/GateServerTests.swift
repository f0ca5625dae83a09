import Messaging
import NIOCore
import NIOPosix
import OpenAPI
import Testing
import Tokens

@testable import Gate

@Suite struct GateServerTests {
    private static func node(_ id: Int64, balance: Int = 0, draining: Bool = false) -> GateNode {
        GateNode(id: id, balance: balance, host: "10.0.0.\(id)", port: 7000, websocketPort: 7001, name: "n\(id)", draining: draining)
    }

    @Test func newcomersGoRoundEqualNodes() async throws {
        try await RunningGate.with(nodes: [Self.node(1), Self.node(2), Self.node(3, draining: true)]) { gate in
            var ids: [Int] = []
            for _ in 0..<4 {
                let node = try await gate.ask("/user/getImNode").json["imNode"] as? [String: Any]
                ids.append(node?["id"] as? Int ?? 0)
            }
            #expect(ids == [1, 2, 1, 2])
        }
    }

    @Test func whereNoNodeTakesLoginsNobodyIsSent() async throws {
        try await RunningGate.with(nodes: [Self.node(3, draining: true)]) { gate in
            let answer = try await gate.ask("/user/getImNode")
            #expect(answer.status == 404)
            #expect(answer.errorCode == "no_node")
            #expect(try await gate.login("amy", "right").status == 503)
            gate.directory.known.withLock { $0 = [Self.node(4)] }
            #expect(try await gate.ask("/user/getImNode").status == 200)
        }
    }

    @Test func theTokenIsGoodForItsUser() async throws {
        try await RunningGate.with(nodes: [Self.node(1)]) { gate in
            let answer = try await gate.login("amy", "right")
            #expect(answer.status == 200)
            #expect(await gate.tokens.verify(answer.json["token"] as? String ?? "") == "amy")
            #expect(try await gate.login("amy", "wrong").status == 401)
            let busy = try await gate.login("amy", "later")
            #expect(busy.status == 503)
            #expect(busy.headers["retry-after"] == ["1"])
        }
    }

    @Test func whatCannotBeCheckedIsNoFailedLogin() async throws {
        try await RunningGate.with(failedLogins: 2, nodes: [Self.node(1)]) { gate in
            for _ in 0..<5 { _ = try await gate.login("amy", "later") }
            #expect(try await gate.login("amy", "right").status == 200)
        }
    }

    @Test func tooManyFailedLoginsAreHeldBack() async throws {
        try await RunningGate.with(failedLogins: 2, nodes: [Self.node(1)]) { gate in
            let answer = try await gate.guess("amy")
            #expect(answer.status == 429)
            let seconds = answer.headers["retry-after"].first.flatMap { Int($0) } ?? 0
            #expect((1...60).contains(seconds))
        }
    }

    @Test func failedLoginsOfOneUserMakeOnlyThatUserWait() async throws {
        try await RunningGate.with(ofOneUser: 2, nodes: [Self.node(1)]) { gate in
            #expect(try await gate.login("amy", "right").status == 200)
            let answer = try await gate.guess("bob")
            #expect((answer.status, answer.errorCode) == (429, "too_many_requests"))
            #expect((1...30).contains(answer.headers["retry-after"].first.flatMap { Int($0) } ?? 0))
            #expect(try await gate.login("cid", "right").status == 200)
            // From where amy was let in she is not held back.
            for _ in 0..<10 { _ = try await gate.login("amy", "wrong") }
            #expect(try await gate.login("amy", "right").status == 200)
        }
    }

    @Test func connectionsOfOneAddressAreLimited() async throws {
        try await RunningGate.with(connections: 2, nodes: [Self.node(1)]) { gate in
            let group = MultiThreadedEventLoopGroup.singleton
            func connect() async throws -> any Channel {
                try await ClientBootstrap(group: group).connect(host: gate.address.host, port: gate.address.port).get()
            }
            // Each is on a thread of the gate's: which of them is one too many nobody can say.
            let channels = [try await connect(), try await connect(), try await connect()]
            let began = ContinuousClock.now
            while channels.count(where: \.isActive) > 2 { try await Task.sleep(for: .milliseconds(5)) }
            #expect(channels.count(where: \.isActive) == 2)
            #expect(ContinuousClock.now - began < .seconds(8), "not by the time a request has")
            for channel in channels { try? await channel.close() }
            // Places fall free once the gate has heard of it.
            var isServed = false
            for _ in 0..<500 where !isServed {
                isServed = (try? await gate.ask("/healthz").status) == 200
                if !isServed { try await Task.sleep(for: .milliseconds(10)) }
            }
            #expect(isServed)
        }
    }

    @Test func theDocumentNamesEveryRoute() async throws {
        let document = try OpenAPIDocument()
        let counts = GateCounts()
        let placement = NodePlacement(directory: FakeDirectory())
        let desk = LoginDesk(
            accounts: FakeAccounts(), tokens: await TokenKeys(secret: "s"),
            addresses: AddressLimits(connections: 0, failedLoginsPerMinute: 0), backOff: LoginBackOff(failures: 0), placement: placement,
            counts: counts)
        #expect(document.routes(tagged: "gate") == GateServer.routes(placement: placement, desk: desk, counts: counts).all)
        #expect(document.gaps == [])
    }
}
