import Synchronization

/// How handshakes ended. Any thread.
public final class HandshakeCounts: Sendable {
    private let counts = Mutex([Int](repeating: 0, count: HandshakeResult.allCases.count))

    public init() {}

    public func add(_ result: HandshakeResult) { counts.withLock { $0[Int(result.rawValue)] += 1 } }

    public subscript(result: HandshakeResult) -> Int { counts.withLock { $0[Int(result.rawValue)] } }
}
