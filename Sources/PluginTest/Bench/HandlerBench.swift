import CPluginBridge
import CWire
import Messaging
import PluginHost
import WireProtocol

/// Runs each handler of a plugin many times and says what a call costs: the first round warms up, seven count.
///
/// The plugin stands alone in the pipeline; a second passes on the clock between two calls, so that what limits a rate lets them pass. One call
/// in 64 is timed, in the bridge, around the handler alone.
package final class HandlerBench {
    private static let rounds = 7
    private static let samples = [
        "hi", "see you at the station at eight, I bring the tickets with me", String(repeating: "a text ", count: 150),
    ]

    /// Calls of a handler in one round.
    package var calls = 64 * 100
    private let node: VirtualNode
    private let loop: VirtualLoop
    private let contents: [String]
    private let sender: Session
    private let connection: VirtualConnection
    /// Held, since sessions hold their connections weakly.
    private let recipient: VirtualConnection
    /// Of a round's logins, whose handlers may wait.
    private var logins: [VirtualConnection] = []

    /// - Parameter contents: of the messages, one after the other; without any, texts of several lengths.
    /// - Throws: `PluginFailure` when the plugin can't be loaded.
    package init(_ setup: NodeSetup, contents: [String] = []) throws {
        node = try VirtualNode(setup, isReplay: true)
        loop = node.loops[0]
        self.contents = contents.isEmpty ? Self.samples : contents
        (connection, sender) = Self.open("alice", loop)
        (recipient, _) = Self.open("bob", loop)
    }

    private static func open(_ uid: String, _ loop: VirtualLoop) -> (VirtualConnection, Session) {
        let connection = loop.node.connect(remote: "127.0.0.1:40000", loop: loop.index)
        connection.keepsFrames = false
        let session = Session(transport: connection)
        connection.session = session
        _ = loop.open(
            session, uid: Array(uid.utf8), device: Array("bench".utf8), remote: connection.remote, platform: 1,
            since: loop.node.clock.unixMilliseconds)
        return (connection, session)
    }

    /// The figures of all handlers but spawned functions, in their order.
    package func run(_ report: (HandlerFigures) -> Void) throws {
        guard let state = loop.plugins else { return }
        for (index, handler) in state.handlers(of: 0).enumerated() where handler.name != "spawn" {
            if let call = try call(of: handler.name) { report(try measure(handler.name, index, state, call)) }
        }
    }

    private func measure(_ name: String, _ index: Int, _ state: PluginState, _ call: (Int) -> Void) throws -> HandlerFigures {
        var times: [Double] = []
        var total = HandlerStatistics.Difference()
        for round in 0...Self.rounds {
            let before = state.handlers(of: 0)[index]
            for number in 0..<calls {
                call(number)
                try node.settle()
                node.clock.skip(seconds: 1)
                if number % 64 == 0 { loop.showTime(node.clock.time) }
            }
            let spent = HandlerStatistics.Difference(from: before, to: state.handlers(of: 0)[index])
            try node.endWaits()
            logins = []
            if round == 0 { continue }
            if spent.timed > 0 { times.append(spent.nanoseconds / spent.timed) }
            total.add(spent)
        }
        let called = max(total.calls, 1)
        return HandlerFigures(
            name: name, nanoseconds: times.isEmpty ? nil : times.sorted()[times.count / 2], allocations: total.allocations / called,
            bytes: total.bytes / called, errors: total.errors / called)
    }

    // MARK: Calls

    private func call(of handler: String) throws -> ((Int) -> Void)? {
        let parts = handler.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        switch parts[0] {
        case "inbound":
            let frames = try self.frames(parts[1])
            return { [self] number in
                if parts[1] == "login_request" {
                    let fresh = node.connect(remote: "127.0.0.1:40001", loop: 0)
                    fresh.keepsFrames = false
                    logins.append(fresh)
                    loop.receive(frames[number % frames.count], fresh)
                    node.forget(fresh)
                } else {
                    loop.receive(frames[number % frames.count], connection)
                }
            }
        case "outbound":
            let frames = try self.frames(parts[1])
            return { [self] number in
                frames[number % frames.count].withUnsafeBytes { _ = loop.send($0, to: sender.handle) }
            }
        case "events": return try event(parts[1])
        case "routes":
            var request = WireMessage()
            request.type = .customRequest
            request.custom.route = parts[1]
            request.custom.body = .init("{}".utf8)
            let frame = try Frame.encode(request)
            return { [self] _ in loop.receive(frame, connection) }
        case "timers":
            guard let state = loop.plugins, let index = Int(parts[1]) else { return nil }
            let timer = VirtualTimer(loop, state, plugin: 0, index: index - 1, seconds: 1)
            return { [self] _ in loop.runTimer(timer, state) }
        default: return nil
        }
    }

    private func event(_ name: String) throws -> ((Int) -> Void)? {
        guard name == "undeliverable" else {
            let session = name.hasPrefix("session") ? sender : nil
            return { [self] _ in loop.fire(name, session) }
        }
        let frames = try self.frames("message_request")
        return { [self] number in
            frames[number % frames.count].withUnsafeBytes { frame in
                var envelope = hp_envelope()
                if VirtualLoop.scan(frame, &envelope) { loop.fireUndeliverable(frame, envelope, sender) }
            }
        }
    }

    /// Messages of a type; "*" stands for one that no other handler takes.
    private func frames(_ type: String) throws -> [[UInt8]] {
        let others = loop.plugins.map { $0.handlers(of: 0).map(\.name) } ?? []
        let isTaken = others.contains("inbound.message_request") || others.contains("outbound.message_request")
        var message = WireMessage()
        message.sequence = 7
        switch type == "*" ? (isTaken ? "sync_request" : "message_request") : type {
        case "message_request":
            return try contents.map { content in
                message.type = .messageRequest
                message.messageRequest.msgID = 1
                message.messageRequest.from = "alice"
                message.messageRequest.to = "bob"
                message.messageRequest.content = content
                return try Frame.encode(message)
            }
        case "login_request":
            message.type = .loginRequest
            message.loginRequest.uid = "alice"
            message.loginRequest.token = "secret"
            message.loginRequest.deviceID = "bench"
        case "message_notification":
            message.type = .messageNotification
            message.notification.json = "{\"type\":10,\"data\":{\"uid\":\"bob\"}}"
        case let name:
            var name = name
            var number: UInt32 = 0
            let isKnown = name.withUTF8 { text in
                text.withMemoryRebound(to: CChar.self) { hp_type_by_name($0.baseAddress, $0.count, &number) }
            }
            guard isKnown else { return [] }
            message.type = WireHeadType(rawValue: Int(number)) ?? .messageRequest
        }
        return [try Frame.encode(message)]
    }
}

extension HandlerStatistics {
    /// What came between two looks at a handler's numbers.
    fileprivate struct Difference {
        var calls = 0.0
        var errors = 0.0
        var allocations = 0.0
        var bytes = 0.0
        var timed = 0.0
        var nanoseconds = 0.0

        init() {}

        init(from old: HandlerStatistics, to new: HandlerStatistics) {
            calls = Double(new.calls - old.calls)
            errors = Double(new.errors + new.budgetKills - old.errors - old.budgetKills)
            allocations = Double(new.allocations - old.allocations)
            bytes = Double(new.allocatedBytes - old.allocatedBytes)
            timed = Double(new.timedCalls - old.timedCalls)
            nanoseconds = Double(new.timedNanoseconds - old.timedNanoseconds)
        }

        mutating func add(_ other: Difference) {
            calls += other.calls
            errors += other.errors
            allocations += other.allocations
            bytes += other.bytes
            timed += other.timed
            nanoseconds += other.nanoseconds
        }
    }
}
