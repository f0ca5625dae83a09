import Foundation
import RedisClient
import TestSupport
import Testing

@Suite(.serialized) struct SingleServerTests {
    private func withClient(
        _ settings: [String] = [], _ change: (inout RedisConfiguration) -> Void = { _ in },
        _ body: (RedisProcess, ClientFixture) async throws -> Void
    ) async throws {
        let server = try RedisProcess(settings)
        let fixture = try ClientFixture("redis://127.0.0.1:\(server.port)", change)
        do { try await body(server, fixture) } catch {
            await fixture.end()
            throw error
        }
        await fixture.end()
    }

    @Test(arguments: [2, 3]) func answersCommands(_ version: Int) async throws {
        try await withClient {
            $0.protocolVersion = version
        } _: { server, fixture in
            let client = fixture.client
            #expect(try await client.command(["SET", "key", 5]) == .simple("OK"))
            #expect(try await client.command(["GET", "key"]).int == 5)
            #expect(try await client.command(["GET", "none"]).isNull)
            #expect(try await client.command(["HSET", "h", "a", 1, "b", 2]).int == 2)
            #expect(try await client.command(["HGETALL", "h"])["b"]?.int == 2)
            let binary: [UInt8] = Array(0...255)
            _ = try await client.command(["SET", "bin", binary])
            #expect(try await client.command(["GET", "bin"]).bytes == binary)
            #expect(try server.cli("GET", "key") == "5")
            let state = try #require(fixture.servers.first)
            #expect(state.protocolVersion == version)
            #expect(state.version == "7.0.15" || !state.version.isEmpty)
            #expect(try server.cli("INFO", "server").contains("run_id:\(state.runID ?? "-")"))
        }
    }

    @Test func anErrorAnswerIsThrown() async throws {
        try await withClient { _, fixture in
            _ = try await fixture.client.command(["SET", "s", "x"])
            let error = await failure { try await fixture.client.command(["INCR", "s"]) }
            #expect(error?.code == .server)
            #expect(error?.serverCode == "ERR")
            #expect(error?.execution == .answered)
            #expect(await failure { try await fixture.client.command([]) }?.code == .configuration)
        }
    }

    @Test func manyCommandsOfOneTickComeBackInOrder() async throws {
        try await withClient { _, fixture in
            try await fixture.connected()
            let answers: [Int] = await withCheckedContinuation { continuation in
                fixture.loop.execute {
                    var got: [Int] = []
                    var command = RedisCommand("INCR")
                    for _ in 0..<20_000 {
                        command.restart("INCR")
                        command.add("counter")
                        fixture.client.send(command) { result in
                            got.append((try? result.get().int) ?? -1)
                            if got.count == 20_000 { continuation.resume(returning: got) }
                        }
                    }
                    #expect(got.isEmpty)
                }
            }
            #expect(answers == Array(1...20_000))
            #expect(await fixture.onLoop { $0.counters.inFlight } == 0)
        }
    }

    @Test func aLargeAnswerComesWhole() async throws {
        try await withClient { _, fixture in
            let large = [UInt8](repeating: 7, count: 5 << 20)
            _ = try await fixture.client.command(["SET", "large", large])
            #expect(try await fixture.client.command(["GET", "large"]).bytes == large)
            _ = try await fixture.client.command(["RPUSH", "list"] + (0..<5_000).map { "element-\($0)" })
            #expect(try await fixture.client.command(["LRANGE", "list", 0, -1]).array?.last?.text == "element-4999")
        }
    }

    @Test func comesBackAfterKillAndKnowsTheServerIsAnother() async throws {
        try await withClient { server, fixture in
            _ = try await fixture.client.command(["SET", "key", "here"])
            server.kill()
            try await eventually { fixture.states.value.contains { if case .disconnected = $0 { true } else { false } } }
            #expect(await fixture.onLoop { $0.isConnected } == false)
            try server.start()
            try await fixture.connected()
            // Came back empty, and the owner was told so.
            #expect(try await fixture.client.command(["GET", "key"]).isNull)
            #expect(fixture.servers.map(\.change) == [.first, .other])
        }
    }

    @Test func knowsTheSameServerAgain() async throws {
        try await withClient { server, fixture in
            try await fixture.connected()
            try server.cli("CLIENT", "KILL", "TYPE", "normal")
            try await eventually { fixture.servers.count == 2 }
            #expect(fixture.servers.map(\.change) == [.first, .same])
        }
    }

    @Test func whatIsUnderWayFailsAsPossiblyCarriedOut() async throws {
        try await withClient { server, fixture in
            try await fixture.connected()
            server.freeze()
            async let pending = failure { try await fixture.client.command(["INCR", "n"]) }
            try await eventually { await fixture.onLoop { $0.counters.inFlight } == 1 }
            server.kill()
            let error = await pending
            #expect(error?.code == .disconnected)
            #expect(error?.execution == .possibly)
        }
    }

    @Test func waitingCommandsFailInTimeAndWereNotCarriedOut() async throws {
        try await withClient {
            $0.commandTimeout = 300
        } _: { server, fixture in
            try await fixture.connected()
            server.kill()
            try await eventually { await fixture.onLoop { !$0.isConnected } }
            let begin = ContinuousClock.now
            let error = await failure { try await fixture.client.command(["INCR", "n"]) }
            let took = ContinuousClock.now - begin
            #expect(error?.code == .timedOut)
            #expect(error?.execution == .never)
            #expect(error?.message.contains("Connection refused") == true)
            #expect(took >= .milliseconds(290) && took < .seconds(10), "\(took)")
        }
    }

    @Test func waitingCommandsAreSentWhenTheServerIsBack() async throws {
        try await withClient {
            $0.commandTimeout = 8_000
        } _: { server, fixture in
            try await fixture.connected()
            server.kill()
            try await eventually { await fixture.onLoop { !$0.isConnected } }
            async let answers = (1...5).asyncMap { _ in try await fixture.client.command(["INCR", "n"]).int }
            try await Task.sleep(for: .milliseconds(100))
            try server.start()
            #expect(try await answers.compactMap(\.self).sorted() == [1, 2, 3, 4, 5])
        }
    }

    @Test func aFrozenServerGivesTimeoutsThenIsLeftAndComesBack() async throws {
        try await withClient {
            $0.commandTimeout = 300
            $0.connectTimeout = 300
        } _: { server, fixture in
            try await fixture.connected()
            server.freeze()
            let begin = ContinuousClock.now
            for _ in 0..<3 {
                let error = await failure { try await fixture.client.command(["GET", "a"]) }
                #expect(error?.code == .timedOut)
            }
            #expect(ContinuousClock.now - begin < .seconds(30))
            try await eventually { await fixture.onLoop { $0.counters.disconnects } == 1 }
            server.thaw()
            try await fixture.connected()
            #expect(try await fixture.client.command(["PING"]) == .simple("PONG"))
            #expect(fixture.servers.last?.change == .same)
        }
    }

    @Test func aDeadServerNeverFillsTheHeap() async throws {
        try await withClient {
            $0.queuedCommands = 1_000
            $0.queuedBytes = 1 << 20
            $0.commandTimeout = 500
        } _: { server, fixture in
            try await fixture.connected()
            server.freeze()
            let outcome = Locked<[RedisError.Code: Int]>([:])
            _ = await fixture.onLoop { client in
                for _ in 0..<50_000 {
                    client.send(RedisCommand("GET", "key")) { result in
                        if case .failure(let error) = result { outcome.change { $0[error.code, default: 0] += 1 } }
                    }
                }
                return true
            }
            try await eventually { outcome.value.values.reduce(0, +) == 50_000 }
            #expect(outcome.value[.queueFull] == 49_000)
            #expect(outcome.value[.timedOut] == 1_000)
            // Large ones are bounded by their bytes.
            let large = [UInt8](repeating: 1, count: 200 << 10)
            let refused = Locked(0)
            server.kill()
            try await eventually { await fixture.onLoop { !$0.isConnected } }
            _ = await fixture.onLoop { client in
                for _ in 0..<50 {
                    client.send(RedisCommand("SET", "key", large)) { result in
                        if case .failure(let error) = result, error.code == .queueFull { refused.change { $0 += 1 } }
                    }
                }
                #expect(client.counters.waiting == 5)
                return true
            }
            try await eventually { refused.value == 45 }
        }
    }

    @Test func aUserOfTheServersListLogsIn() async throws {
        let settings = ["user default off", "user im on >p@ss ~im:* +@all -info", "user cli on >cli ~* +@all"]
        let server = try RedisProcess(settings, start: false)
        try server.start(user: "cli", password: "cli")
        let fixture = try ClientFixture("redis://im:p%40ss@127.0.0.1:\(server.port)/2?client_name=node")
        try await fixture.connected()
        #expect(try await fixture.client.command(["SET", "im:a", 1]) == .simple("OK"))
        #expect(await failure { try await fixture.client.command(["SET", "other", 1]) }?.serverCode == "NOPERM")
        let info = try await fixture.client.command(["CLIENT", "INFO"]).text ?? ""
        #expect(info.contains(" name=node "))
        #expect(info.contains(" db=2 "))
        #expect(info.contains(" user=im "))
        #expect(fixture.servers.first?.runID == nil)
        await fixture.end()

        let wrong = try ClientFixture("redis://im:wrong@127.0.0.1:\(server.port)") { $0.commandTimeout = 200 }
        let error = await failure { try await wrong.client.command(["PING"]) }
        #expect(error?.message.contains("WRONGPASS") == true, "\(error?.message ?? "")")
        await wrong.end()
    }

    @Test func scriptsRunAlsoWhereTheServerForgotThem() async throws {
        try await withClient { _, fixture in
            let script = RedisScript("redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])")
            for round in 1...3 {
                if round == 3 { _ = try await fixture.client.command(["SCRIPT", "FLUSH"]) }
                #expect(try await fixture.client.evaluate(script, keys: ["k"], arguments: [round]).int == round)
            }
            #expect(await fixture.onLoop { $0.counters.serverErrors } == 2)
        }
    }

    @Test func scriptsOfTheConfigurationAreThereAfterARestart() async throws {
        let script = RedisScript("return 42")
        try await withClient {
            $0.scripts = [script]
        } _: { server, fixture in
            #expect(try await fixture.client.evaluate(script).int == 42)
            server.kill()
            try server.start()
            try await eventually { fixture.servers.count == 2 }
            #expect(try await fixture.client.evaluate(script).int == 42)
            #expect(await fixture.onLoop { $0.counters.serverErrors } == 0)
        }
    }

    @Test func transactionsAreWholeOrNot() async throws {
        try await withClient { server, fixture in
            let client = fixture.client
            let answers = try await client.transaction([RedisCommand("SET", "a", "x"), RedisCommand("INCR", "a"), RedisCommand("GET", "a")])
            #expect(answers.count == 3)
            #expect(answers[0] == .simple("OK"))
            guard case .error = answers[1] else {
                Issue.record("\(answers[1])")
                return
            }
            #expect(answers[2].text == "x")
            let error = await failure { try await client.transaction([RedisCommand("SET", "a", "y"), RedisCommand("NOSUCH", "a")]) }
            #expect(error?.code == .aborted)
            #expect(error?.message.contains("unknown command") == true)
            #expect(try server.cli("GET", "a") == "x")
            #expect(await failure { try await client.transaction([]) }?.code == .configuration)
        }
    }

    @Test func closingWaitsForAnswersAndThenRefuses() async throws {
        try await withClient {
            $0.closeTimeout = 20_000
        } _: { _, fixture in
            try await fixture.connected()
            async let slow = fixture.client.command(["BLPOP", "nothing", "0.3"], timeout: 20_000)
            try await eventually { await fixture.onLoop { $0.counters.inFlight } == 1 }
            await fixture.client.close()
            #expect(try await slow.isNull)
            #expect(await failure { try await fixture.client.command(["PING"]) }?.code == .closed)
            await fixture.client.close()
        }
    }

    @Test func aCancelledTaskDoesNotWait() async throws {
        try await withClient { _, fixture in
            try await fixture.connected()
            let task = Task { try await fixture.client.command(["BLPOP", "nothing", "30"], timeout: 60_000) }
            try await Task.sleep(for: .milliseconds(50))
            let begin = ContinuousClock.now
            task.cancel()
            let error = await failure { try await task.value }
            #expect(error?.code == .cancelled)
            #expect(ContinuousClock.now - begin < .seconds(15))
        }
    }

    @Test func aReplyBeyondTheLimitsEndsTheConnection() async throws {
        let server = try RedisProcess()
        let fixture = try ClientFixture("redis://127.0.0.1:\(server.port)?timeout_ms=300") { $0.limits.stringBytes = 64 }
        try await Task.sleep(for: .milliseconds(100))
        // INFO alone is more than the limit allows.
        let error = await failure { try await fixture.client.command(["PING"]) }
        #expect(error?.message.contains("at most 64 are taken") == true, "\(error?.message ?? "")")
        await fixture.end()
    }
}
