import TestSupport

/// Three servers.
final class ZooKeeperEnsemble: Sendable {
    let servers: [ZooKeeperServer]

    init() throws {
        let lines = (1...3).map { "server.\($0)=127.0.0.1:\(FreePort.take()):\(FreePort.take())" }
        servers = try (1...3).map { try ZooKeeperServer(number: $0, ensemble: lines) }
        for server in servers { try server.start() }
    }

    var connectString: String { servers.map(\.address).joined(separator: ",") }

    func waitUntilItServes() async throws {
        for server in servers where server.isRunning { try await server.waitUntilItServes() }
    }

    func waitForLeader() async throws -> ZooKeeperServer {
        for _ in 0..<400 {
            if let leader = servers.first(where: { $0.role == "leader" }) { return leader }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw NotServing(log: servers.map(\.log).joined(separator: "\n"))
    }

    func end() {
        for server in servers { server.end() }
    }
}
