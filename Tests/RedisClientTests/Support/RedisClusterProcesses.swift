import Foundation
import TestSupport

/// A Redis Cluster of masters with a replica each, as plain processes.
final class RedisClusterProcesses: Sendable {
    let nodes: [RedisProcess]

    /// - Parameter nodeTimeout: milliseconds of silence after which a node is taken for dead; a busy machine is silent for a second or two.
    init(masters: Int = 3, nodeTimeout: Int) throws {
        nodes = try (0..<masters * 2).map { _ in try Self.node(nodeTimeout) }
        let addresses = nodes.map { "127.0.0.1:\($0.port)" }
        try RedisProcess.cli(["--cluster", "create"] + addresses + ["--cluster-replicas", "1", "--cluster-yes"])
        for _ in 0..<300 {
            if try nodes.allSatisfy({ try $0.cli("CLUSTER", "INFO").contains("cluster_state:ok") }), try replicas() == masters { return }
            usleep(50_000)
        }
        throw TestFailure("the cluster did not form: \(try nodes[0].cli("CLUSTER", "NODES"))")
    }

    private static func node(_ timeout: Int) throws -> RedisProcess {
        let bus = FreePort.take()
        return try RedisProcess([
            "cluster-enabled yes", "cluster-config-file nodes.conf", "cluster-node-timeout \(timeout)", "cluster-port \(bus)",
            "cluster-require-full-coverage no", "cluster-allow-replica-migration no", "repl-ping-replica-period 1",
            "cluster-replica-validity-factor 0",
        ])
    }

    private func replicas() throws -> Int {
        // Those whose data is that of their master.
        try nodes.filter { try $0.cli("INFO", "replication").contains("master_link_status:up") }.count
    }

    var url: String { "redis-cluster://" + nodes.prefix(2).map { "127.0.0.1:\($0.port)" }.joined(separator: ",") }

    func node(port: Int) throws -> RedisProcess {
        guard let node = nodes.first(where: { $0.port == port }) else { throw TestFailure("no node with port \(port)") }
        return node
    }

    /// The port of the master that has a slot, as `asked` sees it.
    func master(of slot: Int, asked: RedisProcess) throws -> Int {
        for line in try asked.cli("CLUSTER", "NODES").split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard parts.count > 8, parts[2].contains("master"), !parts[2].contains("fail") else { continue }
            for range in parts[8...] where !range.hasPrefix("[") {
                let ends = range.split(separator: "-").compactMap { Int($0) }
                if let first = ends.first, let last = ends.last, (first...last).contains(slot) {
                    return Int(parts[1].split(separator: "@")[0].split(separator: ":").last ?? "") ?? 0
                }
            }
        }
        throw TestFailure("nobody has slot \(slot)")
    }

    func id(_ node: RedisProcess) throws -> String { try node.cli("CLUSTER", "MYID") }
}
