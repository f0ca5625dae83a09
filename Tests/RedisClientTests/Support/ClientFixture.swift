import Foundation
import Logging
import Reactor
import RedisClient
import TestSupport
import Testing

/// A client on a loop of its own, and what it told.
final class ClientFixture: Sendable {
    let loop: EventLoop
    let client: RedisClient
    let states = Locked<[RedisState]>([])
    let invalidations = Locked<[RedisInvalidation]>([])

    init(_ url: String, _ change: (inout RedisConfiguration) -> Void = { _ in }) throws {
        var configuration = try RedisConfiguration(url: url)
        configuration.reconnectDelay = 20
        configuration.reconnectDelayMost = 200
        change(&configuration)
        loop = try EventLoop(index: 0, name: "redis-test")
        var logger = Logger(label: "redis-test")
        logger.logLevel = ProcessInfo.processInfo.environment["REDIS_TEST_LOG"] == nil ? .critical : .debug
        client = RedisClient(loop: loop, configuration: configuration, logger: logger)
        client.onState = { [states] state in states.change { $0.append(state) } }
        client.onInvalidation = { [invalidations] what in invalidations.change { $0.append(what) } }
        try loop.start()
        client.start()
    }

    func end() async {
        await client.close()
        loop.stop()
        loop.join()
    }

    /// Runs `body` on the loop.
    func onLoop<T: Sendable>(_ body: @escaping @Sendable (RedisClient) -> T) async -> T {
        await withCheckedContinuation { continuation in
            loop.execute { [client] in continuation.resume(returning: body(client)) }
        }
    }

    func connected() async throws { try await eventually { await self.onLoop { $0.isConnected } } }

    var servers: [RedisServer] {
        states.value.compactMap { if case .connected(let server) = $0 { server } else { nil } }
    }
}

/// Waits until something holds, at most `seconds`.
func eventually(
    _ seconds: Double = 120, _ what: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation, _ holds: () async throws -> Bool
) async throws {
    // Looked at so often, not so long: where other tests hold all threads, time passes and nothing is looked at.
    for _ in 0..<Int(seconds * 100) {
        if try await holds() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record(what ?? "it never came to be", sourceLocation: sourceLocation)
    throw TestFailure("gave up after \(seconds) s")
}

/// The error of a command that must fail.
func failure(_ body: () async throws -> some Any) async -> RedisError? {
    do {
        _ = try await body()
        return nil
    } catch { return error as? RedisError }
}
