import Dispatch
import Glibc
import TestSupport
import Testing

@testable import Reactor

@Suite struct ListenerTests {
    /// Opens a listener over `fixtures`; its port.
    private func open(_ fixtures: [LoopFixture], _ echo: FrameEcho, host: String = "127.0.0.1") throws -> Int {
        let listener = Locked(
            try Listener(spreadingOver: fixtures.map(\.loop), host: host, port: 0) { _ in echo })
        #expect(fixtures[0].run { _ in (try? listener.value.open()) != nil } == true)
        return listener.value.port
    }

    @Test func spreadsOverLoopsInTurn() throws {
        let fixtures = [try LoopFixture(index: 0), try LoopFixture(index: 1), try LoopFixture(index: 2)]
        defer { for fixture in fixtures { fixture.stop() } }
        let echo = FrameEcho()
        let port = try open(fixtures, echo)
        #expect(port > 0)
        var clients: [BlockingSocket] = []
        for number in 0..<30 {
            let client = try BlockingSocket(port: port)
            try client.send(FrameEcho.frame([UInt8(number)]))
            #expect(try client.receive(5).last == UInt8(number))
            clients.append(client)
        }
        for fixture in fixtures { #expect(fixture.run { $0.counters.connections } == 10) }
    }

    @Test func aPortInUseIsOneClearLine() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let port = try open([fixture], FrameEcho())
        do {
            _ = try Listener(on: fixture.loop, host: "127.0.0.1", port: port) { _ in }
            Issue.record("bound twice")
        } catch let error as ReactorError {
            #expect("\(error)" == "cannot listen on 127.0.0.1:\(port): Address already in use")
        }
        #expect(throws: ReactorError.self) { try Listener(on: fixture.loop, host: "", port: 70_000) { _ in } }
        #expect(throws: ReactorError.self) { try Listener(on: fixture.loop, host: "not an address", port: 0) { _ in } }
    }

    @Test func listensOnIPv6WhereThereIsOne() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        guard let listener = try? Listener(on: fixture.loop, host: "::1", port: 0, take: { _ in }) else { return }
        #expect(listener.port > 0)
    }

    @Test func remoteAddressIsAskedOnDemand() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let seen = Locked<(host: String, port: Int)?>(nil)
        let echo = FrameEcho()
        let listener = Locked(
            try Listener(spreadingOver: [fixture.loop], host: "", port: 0) { connection in
                seen.value = connection.remoteAddress
                return echo
            })
        _ = fixture.run { _ in try? listener.value.open() }
        let client = try BlockingSocket(port: listener.value.port)
        try client.send(FrameEcho.frame([1]))
        #expect(try client.receive(5).count == 5)
        #expect(seen.value?.host == "127.0.0.1")
        #expect(seen.value?.port ?? 0 > 0)
    }

    @Test func withoutDescriptorsItPausesAndLosesNobody() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let echo = FrameEcho()
        let listener = Locked(try Listener(spreadingOver: [fixture.loop], host: "127.0.0.1", port: 0) { _ in echo })
        let reports = Locked<[String]>([])
        _ = fixture.run { _ in
            var failures = 2
            let real = listener.value.acceptOne
            listener.value.acceptOne = { descriptor in
                if failures == 0 { return real(descriptor) }
                failures -= 1
                return -EMFILE
            }
            listener.value.exhausted = { error in reports.change { $0.append("\(error)") } }
            try? listener.value.open()
        }
        let before = fixture.loop.counters.ticks
        let client = try BlockingSocket(port: listener.value.port)
        try client.send(FrameEcho.frame([1]))
        #expect(try client.receive(5).count == 5)
        #expect(fixture.run { _ in listener.value.exhaustions } == 2)
        #expect(reports.value.first == "cannot accept on port \(listener.value.port): Too many open files")
        // It slept meanwhile.
        #expect(fixture.loop.counters.ticks - before < 40)
    }

    @Test func aRefusedDescriptorIsClosed() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let client = try fixture.connect { _ in nil }
        #expect(try client.receive(1).isEmpty)
        #expect(fixture.run { $0.counters.connections } == 0)
    }
}
