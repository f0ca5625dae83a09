import Synchronization

/// Connections and failed logins by client address, or by network: `AddressGroup`. Any thread. Remembers nothing where no limit is set.
public final class AddressLimits: Sendable {
    private struct Failures {
        var count = 0
        var minute: UInt64 = 0
    }

    private struct State {
        /// As many as there are connections at most.
        var connections: [String: Int] = [:]
        var failures = RecentTable<String, Failures>(capacity: AddressLimits.mostRemembered)
    }

    /// Addresses with failed logins of this minute. With more of them the earliest are forgotten.
    static let mostRemembered = 50_000

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
        let group = AddressGroup.of(address)
        return state.withLock { state in
            guard state.connections[group, default: 0] < mostConnections else { return false }
            state.connections[group, default: 0] += 1
            return true
        }
    }

    public func disconnect(_ address: String) {
        guard countsConnections else { return }
        let group = AddressGroup.of(address)
        state.withLock { state in
            guard let count = state.connections[group] else { return }
            state.connections[group] = count > 1 ? count - 1 : nil
        }
    }

    /// - Parameter second: monotonic.
    public func failed(_ address: String, second: UInt64) {
        guard mostFailures > 0 else { return }
        let group = AddressGroup.of(address)
        state.withLock { state in
            let minute = second / 60
            var failures = state.failures[group] ?? Failures()
            if failures.minute != minute { failures = Failures(count: 0, minute: minute) }
            failures.count += 1
            state.failures[group] = failures
        }
    }

    /// Seconds until failures are counted from nothing again.
    public static func secondsLeft(at second: UInt64) -> UInt64 { 60 - second % 60 }

    /// Whether the address may try to log in.
    public func mayLogIn(_ address: String, second: UInt64) -> Bool {
        guard mostFailures > 0 else { return true }
        let group = AddressGroup.of(address)
        return state.withLock { state in
            guard let failures = state.failures[group], failures.minute == second / 60 else { return true }
            return failures.count < mostFailures
        }
    }
}
