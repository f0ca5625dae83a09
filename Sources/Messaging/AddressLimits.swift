import Synchronization

/// Connections and failed logins by client address. Any thread. Remembers nothing where no limit is set.
public final class AddressLimits: Sendable {
    private struct Failures {
        var count = 0
        var minute: UInt64 = 0
    }

    private struct State {
        var connections: [String: Int] = [:]
        var failures: [String: Failures] = [:]
    }

    private let mostConnections: Int
    private let mostFailures: Int
    private let state = Mutex(State())

    /// 0: no limit.
    public init(connections: Int, failedLoginsPerMinute: Int) {
        mostConnections = connections
        mostFailures = failedLoginsPerMinute
    }

    /// Whether connections are counted: then each `connect` that said true is followed by one `disconnect`.
    public var countsConnections: Bool { mostConnections > 0 }

    public func connect(_ address: String) -> Bool {
        guard countsConnections else { return true }
        return state.withLock { state in
            guard state.connections[address, default: 0] < mostConnections else { return false }
            state.connections[address, default: 0] += 1
            return true
        }
    }

    public func disconnect(_ address: String) {
        guard countsConnections else { return }
        state.withLock { state in
            guard let count = state.connections[address] else { return }
            state.connections[address] = count > 1 ? count - 1 : nil
        }
    }

    /// - Parameter second: monotonic.
    public func failed(_ address: String, second: UInt64) {
        guard mostFailures > 0 else { return }
        state.withLock { state in
            let minute = second / 60
            if state.failures.count >= 10_000 { state.failures = state.failures.filter { $0.value.minute == minute } }
            var failures = state.failures[address] ?? Failures()
            if failures.minute != minute { failures = Failures(count: 0, minute: minute) }
            failures.count += 1
            state.failures[address] = failures
        }
    }

    /// Seconds until failures are counted from nothing again.
    public static func secondsLeft(at second: UInt64) -> UInt64 { 60 - second % 60 }

    /// Whether the address may try to log in.
    public func mayLogIn(_ address: String, second: UInt64) -> Bool {
        guard mostFailures > 0 else { return true }
        return state.withLock { state in
            guard let failures = state.failures[address], failures.minute == second / 60 else { return true }
            return failures.count < mostFailures
        }
    }
}
