import Testing

@testable import RedisClient

@Suite struct ConnectionMachineTests {
    private static let ms: UInt64 = 1_000_000

    /// A machine that is ready at time 0.
    private func machine(_ role: Handshake.Role = .data, ping: UInt64 = 5_000) -> Box {
        var settings = ConnectionMachine<String>.Settings()
        settings.handshake.protocolVersion = 2
        settings.handshake.role = role
        settings.pingInterval = ping * Self.ms
        return Box(settings)
    }

    @Test func answersComeInOrder() {
        let box = machine().ready()
        for name in ["a", "b", "c"] { box.sent(name, 2_000) }
        #expect(box.received(.integer(1)) == "answer a 1")
        #expect(box.received(.error("ERR x")) == "answer b ERR x")
        #expect(box.inFlight == 1)
        #expect(box.closed() == ["c"])
        #expect(box.closed() == [])
    }

    @Test func pushesAreNoAnswers() {
        let box = machine().ready()
        box.sent("a", 2_000)
        #expect(box.received(.push([.simple("invalidate"), .null])) == "push 2")
        #expect(box.received(.integer(1)) == "answer a 1")
    }

    @Test func anAnswerNobodyAskedForEndsTheConnection() {
        let box = machine().ready()
        #expect(box.received(.integer(1)) == "close malformed")
    }

    @Test func aLateAnswerGoesNowhere() {
        let box = machine().ready()
        box.sent("early", 100)
        box.sent("late", 500)
        #expect(box.nextDeadline == 100 * Self.ms)
        #expect(box.passed(99) == ([], "none"))
        #expect(box.passed(100) == (["early"], "none"))
        #expect(box.nextDeadline == 500 * Self.ms)
        #expect(box.received(.integer(1)) == "none")
        #expect(box.received(.integer(2)) == "answer late 2")
        #expect(box.closed() == [])
    }

    @Test func timesNeedNotBeInOrder() {
        let box = machine().ready()
        for (name, time) in [("a", 3_000), ("b", 100), ("c", 2_000), ("d", 50)] as [(String, UInt64)] { box.sent(name, time) }
        #expect(box.passed(60) == (["d"], "none"))
        #expect(box.passed(150) == (["b"], "none"))
        #expect(box.passed(2_500) == (["c"], "none"))
        #expect(box.closed() == ["a"])
    }

    @Test func aServerThatSaysNothingIsGivenUp() {
        let box = machine().ready()
        box.sent("a", 500)
        #expect(box.passed(500) == (["a"], "none"))
        #expect(box.nextDeadline == 2_000 * Self.ms)
        #expect(box.passed(1_999) == ([], "none"))
        #expect(box.passed(2_000) == ([], "close disconnected"))
    }

    @Test func aServerThatIsSlowButAliveIsKept() {
        let box = machine().ready()
        box.sent("a", 500)
        box.sent("b", 60_000)
        _ = box.passed(1_000)
        box.machine.heard(1_900 * Self.ms)
        #expect(box.passed(2_100) == ([], "none"))
        #expect(box.received(.integer(1)) == "none")
        // A command that may block the server for a minute is given that minute.
        #expect(box.passed(50_000) == ([], "none"))
        #expect(box.passed(60_000) == (["b"], "close disconnected"))
    }

    @Test func asksAfterASilence() {
        let box = machine().ready()
        #expect(box.nextDeadline == 5_000 * Self.ms)
        #expect(box.passed(4_999) == ([], "none"))
        #expect(box.passed(5_000) == ([], "send PING"))
        #expect(box.passed(9_999) == ([], "none"))
        #expect(box.passed(10_000) == ([], "close disconnected"))
    }

    @Test func anAnswerToThePingIsEnough() {
        let box = machine().ready()
        _ = box.passed(5_000)
        box.machine.heard(5_010 * Self.ms)
        #expect(box.received(.simple("PONG")) == "none")
        #expect(box.passed(10_005) == ([], "none"))
        #expect(box.passed(10_010) == ([], "send PING"))
    }

    @Test func pingsCanBeTurnedOff() {
        let box = machine(ping: 0).ready()
        #expect(box.nextDeadline == .max)
        #expect(box.passed(1_000_000) == ([], "none"))
    }

    @Test func greetingHasItsTime() {
        let box = machine()
        #expect(box.nextDeadline == 2_000 * Self.ms)
        #expect(box.passed(1_999) == ([], "none"))
        #expect(box.passed(2_000) == ([], "close disconnected"))
        let other = machine()
        other.connect()
        #expect(other.passed(2_000) == ([], "close disconnected"))
    }

    @Test(arguments: [true, false]) func subscriptionsAreConfirmedByPushes(_ asArrays: Bool) {
        func said(_ parts: String...) -> RESPValue {
            let elements = parts.map { RESPValue.bulk(Array($0.utf8)) }
            return asArrays ? .array(elements) : .push(elements)
        }
        let box = machine(.subscriber).ready()
        box.sent("one", 2_000, isConfirmation: true)
        box.sent("two", 2_000, isConfirmation: true)
        box.sent("ping", 2_000)
        #expect(box.received(said("subscribe", "a", "1")).hasPrefix("answer one"))
        #expect(box.received(said("message", "a", "hello")) == "push 3")
        #expect(box.received(.error("NOPERM")) == "answer two NOPERM")
        #expect(box.received(asArrays ? said("pong", "") : .simple("PONG")).hasPrefix("answer ping"))
        // The server may end a subscription by itself.
        #expect(box.received(said("unsubscribe", "a", "0")) == "push 3")
    }
}

/// A machine in a class, its actions as text.
private final class Box {
    var machine: ConnectionMachine<String>

    init(_ settings: ConnectionMachine<String>.Settings) { machine = ConnectionMachine(settings, address: RedisAddress("r", 1), now: 0) }

    var inFlight: Int { machine.inFlight }
    var nextDeadline: UInt64 { machine.nextDeadline }
    private var isReady: Bool { machine.phase == .ready }

    func connect() { _ = machine.connected() }

    func ready() -> Box {
        var left = machine.connected().count
        while machine.phase == .greeting, left > 0 {
            _ = machine.received(.simple("OK"))
            left -= 1
        }
        #expect(isReady)
        return self
    }

    func sent(_ name: String, _ milliseconds: UInt64, isConfirmation: Bool = false) {
        machine.sent(name, deadline: milliseconds * 1_000_000, isConfirmation: isConfirmation)
    }

    func received(_ value: RESPValue) -> String { text(machine.received(value)) }

    func passed(_ milliseconds: UInt64) -> ([String], String) {
        var expired: [String] = []
        let action = machine.timePassed(milliseconds * 1_000_000, expired: &expired)
        return (expired, text(action))
    }

    func closed() -> [String] { machine.closed() }

    private func text(_ action: ConnectionMachine<String>.Action) -> String {
        switch action {
        case .none: "none"
        case .send(let commands): "send " + commands.map(\.name).joined(separator: ",")
        case .answer(let reply, .error(let text)): "answer \(reply) \(text)"
        case .answer(let reply, let value): "answer \(reply) \(value.text ?? "?")"
        case .push(let elements): "push \(elements.count)"
        case .ready: "ready"
        case .close(let error): "close \(error.code)"
        }
    }
}
