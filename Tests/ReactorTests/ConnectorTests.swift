import Dispatch
import Glibc
import TestSupport
import Testing

@testable import Reactor

@Suite struct ConnectorTests {
    /// What became of an attempt.
    private final class Answers: Sendable {
        let errors = Locked<[String]>([])
        let connected = Locked(0)
        let arrived = DispatchSemaphore(value: 0)
        let echoed = Locked<[UInt8]>([])

        func wait() { #expect(arrived.wait(timeout: .now() + 30) == .success) }
    }

    /// Keeps what comes back.
    private final class Client: ConnectionDelegate {
        let answers: Answers

        init(_ answers: Answers) { self.answers = answers }

        func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int {
            answers.echoed.change { $0.append(contentsOf: bytes) }
            answers.arrived.signal()
            return bytes.count
        }

        func closed(_ connection: Connection, reason: CloseReason) {}
    }

    private func listen(_ fixture: LoopFixture) throws -> Int {
        let echo = FrameEcho()
        let listener = Locked(try Listener(spreadingOver: [fixture.loop], host: "127.0.0.1", port: 0) { _ in echo })
        #expect(fixture.run { _ in (try? listener.value.open()) != nil } == true)
        return listener.value.port
    }

    private func connect(_ fixture: LoopFixture, _ host: String, _ port: Int, _ answers: Answers, timeout: Int = 5000) {
        _ = fixture.run { loop in
            loop.connect(host: host, port: port, timeoutMilliseconds: timeout) { connection in
                answers.connected.change { $0 += 1 }
                FrameEcho.frame([1, 2, 3]).withUnsafeBytes { connection.write($0) }
                return Client(answers)
            } failed: { error in
                answers.errors.change { $0.append("\(error)") }
                answers.arrived.signal()
            }
        }
    }

    @Test(arguments: ["127.0.0.1", "localhost"]) func connectsToAnAddressAndToAName(_ host: String) throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let answers = Answers()
        connect(fixture, host, try listen(fixture), answers)
        answers.wait()
        #expect(answers.connected.value == 1)
        #expect(answers.echoed.value == FrameEcho.frame([1, 2, 3]))
        #expect(answers.errors.value == [])
    }

    @Test func saysWhatWasRefused() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let free = try Listener(on: fixture.loop, host: "127.0.0.1", port: 0) { _ in }
        let port = free.port
        free.close()
        let answers = Answers()
        connect(fixture, "127.0.0.1", port, answers)
        answers.wait()
        #expect(answers.errors.value == ["cannot connect to 127.0.0.1:\(port): Connection refused"])
        #expect(answers.connected.value == 0)
    }

    @Test func saysWhichNameIsUnknown() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let answers = Answers()
        connect(fixture, "no such host", 1, answers)
        answers.wait()
        #expect(answers.errors.value.first?.hasPrefix("cannot resolve no such host: ") == true)
    }

    @Test func timesOutWhereNobodyAnswers() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        // A listener whose backlog is full takes no more.
        let full = try Listener(on: fixture.loop, host: "127.0.0.1", port: 0, backlog: 0) { _ in }
        let fillers = Answers()
        for _ in 0..<3 { connect(fixture, "127.0.0.1", full.port, fillers) }
        let answers = Answers()
        usleep(100_000)
        connect(fixture, "127.0.0.1", full.port, answers, timeout: 200)
        answers.wait()
        #expect(answers.errors.value == ["cannot connect to 127.0.0.1:\(full.port): Connection timed out"])
    }

    @Test func aCancelledAttemptCallsNobody() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let port = try listen(fixture)
        let called = Locked(false)
        _ = fixture.run { loop in
            let attempt = loop.connect(host: "127.0.0.1", port: port) { _ in
                called.value = true
                return nil
            } failed: { _ in
                called.value = true
            }
            attempt.cancel()
        }
        usleep(50_000)
        #expect(fixture.run { $0.timerCount } == 0)
        #expect(!called.value)
    }
}
