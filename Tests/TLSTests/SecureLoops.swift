import Dispatch
import Reactor
import TLS
import TestSupport
import Testing

/// A listener with TLS on one loop, and clients on another.
final class SecureLoops: @unchecked Sendable {
    let server: EventLoop
    let client: EventLoop
    let port: Int
    let echo = Echo()

    init(_ door: TLSDoor, limits: ConnectionLimits = ConnectionLimits()) throws {
        server = try EventLoop(index: 0, name: "server", limits: limits)
        client = try EventLoop(index: 1, name: "client", limits: limits)
        let echo = echo
        let listener = try Listener(spreadingOver: [server], host: "127.0.0.1", port: 0, filter: { door.filter() }) { connection in
            echo.connections.change { $0.append(Held(connection)) }
            return echo
        }
        port = listener.port
        try listener.open()
        try server.start()
        try client.start()
    }

    /// A client whose connection may not be whole yet.
    func connect(_ door: TLSDoor, host: String? = nil) throws -> Collector {
        let collector = Collector()
        let done = DispatchSemaphore(value: 0)
        let port = port
        client.execute { [client] in
            client.connect(host: "127.0.0.1", port: port, filter: { door.filter(host: host) }) { connection in
                collector.connection = connection
                done.signal()
                return collector
            } failed: { _ in
                done.signal()
            }
        }
        #expect(done.wait(timeout: .now() + 30) == .success)
        return collector
    }

    func write(_ bytes: [UInt8], _ collector: Collector) {
        client.execute { bytes.withUnsafeBytes { collector.connection?.write($0) } }
    }

    /// Runs `body` on a loop and waits for it.
    static func run<T: Sendable>(_ loop: EventLoop, _ body: @escaping @Sendable () -> T) -> T? {
        let result = Locked<T?>(nil)
        let done = DispatchSemaphore(value: 0)
        loop.execute {
            result.value = body()
            done.signal()
        }
        #expect(done.wait(timeout: .now() + 30) == .success)
        return result.value
    }

    func stop() {
        for loop in [client, server] {
            loop.stop()
            loop.join()
        }
    }
}

/// Carries a connection back to its loop.
struct Held: @unchecked Sendable {
    let connection: Connection
    init(_ connection: Connection) { self.connection = connection }
}

/// Sends all that comes back, unless told otherwise.
final class Echo: ConnectionDelegate, @unchecked Sendable {
    let connections = Locked<[Held]>([])
    let reasons = Locked<[CloseReason]>([])
    let closes = DispatchSemaphore(value: 0)
    let received = Locked(0)
    let answers = Locked(true)

    func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int {
        received.change { $0 += bytes.count }
        if answers.value { connection.write(bytes) }
        return bytes.count
    }

    func closed(_ connection: Connection, reason: CloseReason) {
        reasons.change { $0.append(reason) }
        closes.signal()
    }
}

/// Keeps what comes.
final class Collector: ConnectionDelegate, @unchecked Sendable {
    var connection: Connection?
    let bytes = Locked<[UInt8]>([])
    let reason = Locked<CloseReason?>(nil)
    let problem = Locked<String?>(nil)
    let flushed = Locked(0)
    private let changes = DispatchSemaphore(value: 0)

    func flushed(_ connection: Connection, _ bytes: Int) { flushed.change { $0 += bytes } }

    func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int {
        self.bytes.change { $0.append(contentsOf: bytes) }
        changes.signal()
        return bytes.count
    }

    func closed(_ connection: Connection, reason: CloseReason) {
        problem.value = connection.filterProblem
        self.reason.value = reason
        changes.signal()
    }

    /// What has come once it is `count` bytes, or the connection is over.
    func wait(_ count: Int) -> [UInt8] {
        while bytes.value.count < count, reason.value == nil {
            guard changes.wait(timeout: .now() + 30) == .success else { break }
        }
        return bytes.value
    }

    func waitClosed() -> CloseReason? {
        while reason.value == nil { guard changes.wait(timeout: .now() + 30) == .success else { break } }
        return reason.value
    }
}
