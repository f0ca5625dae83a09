import Logging
import Reactor
import TestSupport
import Testing

@testable import ZooKeeperClient

/// A started client on a loop of its own, that has a chroot of its own and keeps the states it was told.
final class TestClient: Sendable {
    let client: ZooKeeperClient
    let states = Locked<[SessionState]>([])
    private let loop: EventLoop

    private static let last = Locked(0)

    static func root() -> String {
        last.change { $0 += 1 }
        return "/test-\(last.value)"
    }

    init(
        _ connectString: String, chroot: String = "", sessionTimeout: Int = 20_000, isStarted: Bool = true,
        _ change: (inout ZooKeeperConfiguration) -> Void = { _ in }
    ) throws {
        loop = try EventLoop(index: 0, name: "zk-test")
        try loop.start()
        var configuration = try ZooKeeperConfiguration(connectString: connectString + chroot, sessionTimeoutMilliseconds: sessionTimeout)
        change(&configuration)
        client = try ZooKeeperClient(
            loop: loop, configuration: configuration, logger: Logger(label: "zk") { _ in SwiftLogNoOpLogHandler() })
        client.onState = { [states] state in states.change { $0.append(state) } }
        if isStarted { client.start() }
    }

    /// One on the server that tests share, below a root of its own which exists.
    static func onShared(sessionTimeout: Int = 20_000) async throws -> TestClient {
        let server = try ZooKeeperServer.shared.get()
        try await server.waitUntilItServes()
        let test = try TestClient(server.address, chroot: root(), sessionTimeout: sessionTimeout)
        try await test.client.createPath("/")
        return test
    }

    deinit {
        loop.stop()
        loop.join()
    }

    func close() async { await client.close() }

    /// Runs on the client's loop and waits.
    func run<Value: Sendable>(_ body: @escaping @Sendable (ZooKeeperClient) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            client.loop.execute { [client] in continuation.resume(returning: body(client)) }
        }
    }

    /// Waits for the session's state.
    func wait(seconds: Int = 120, location: SourceLocation = #_sourceLocation, for wanted: (SessionState) -> Bool) async throws {
        try await eventually(seconds: seconds, what: "a state", location: location) { wanted(client.state) }
    }

    func sessionID() async throws -> Int64 {
        try await wait { $0.isConnected }
        return client.state.sessionID ?? 0
    }

    /// Lets the server end the session behind the client's back.
    func expire(port: Int) async throws {
        let (id, password) = await run { ($0.machine.sessionID, $0.machine.password) }
        try RawSession.end(id, password, port: port)
    }
}

/// Waits until it is so.
func eventually(
    seconds: Int = 120, what: String = "it", location: SourceLocation = #_sourceLocation, _ isSo: () async throws -> Bool
) async throws {
    for _ in 0..<(seconds * 50) {
        if try await isSo() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("waited \(seconds) s in vain for \(what)", sourceLocation: location)
    throw WaitedInVain()
}

struct WaitedInVain: Error {}
