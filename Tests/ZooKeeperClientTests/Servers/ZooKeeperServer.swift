import Foundation
import TestSupport

/// A ZooKeeper server of its own, alone or one of an ensemble. A tick is 100 ms, sessions may be as short as 200 ms.
final class ZooKeeperServer: @unchecked Sendable {
    let port: Int
    let number: Int
    private let folder: TemporaryFolder
    private let file: String
    private var program: JavaProgram?

    /// - Parameter ensemble: lines `server.N=...`; empty for one alone.
    init(port: Int = FreePort.take(), number: Int = 1, ensemble: [String] = []) throws {
        try JavaProgram.require("zookeeper.jar")
        self.port = port
        self.number = number
        folder = try TemporaryFolder()
        _ = try folder.write("myid", "\(number)\n")
        let settings =
            [
                "tickTime=100", "dataDir=\(folder.path)", "clientPortAddress=127.0.0.1", "clientPort=\(port)", "minSessionTimeout=200",
                "maxSessionTimeout=60000", "admin.enableServer=false", "4lw.commands.whitelist=*", "maxClientCnxns=0",
                "extendedTypesEnabled=true", "initLimit=50", "syncLimit=20",
            ] + ensemble
        file = try folder.write("zoo.cfg", settings.joined(separator: "\n") + "\n")
    }

    /// One that all tests share which don't harm it.
    static let shared = Result { () throws -> ZooKeeperServer in
        let server = try ZooKeeperServer()
        try server.start()
        return server
    }

    var isRunning: Bool { program?.isRunning ?? false }
    var address: String { "127.0.0.1:\(port)" }
    var log: String { program?.printed ?? "" }

    func start() throws {
        program = try JavaProgram(
            [
                "-Dznode.container.checkIntervalMs=200", "-Dzookeeper.admin.enableServer=false", "-Dzookeeper.extendedTypesEnabled=true",
                "-Dzookeeper.fsync.warningthresholdms=10000", "-Dzookeeper.forceSync=no", "-Dreadonlymode.enabled=true", "-cp",
                "\(JavaProgram.jars)/zookeeper.jar:\(JavaProgram.jars)/slf4j-simple.jar",
                "org.apache.zookeeper.server.quorum.QuorumPeerMain", file,
            ], output: "\(folder.path)/log")
    }

    func end() {
        program?.end()
        program = nil
    }

    func forgetEverything() throws { try FileManager.default.removeItem(atPath: "\(folder.path)/version-2") }

    func freeze() { program?.freeze() }
    func thaw() { program?.thaw() }

    /// What it answers to one of the four-letter commands; empty when it does not answer.
    func ask(_ word: String) -> String {
        guard let socket = try? BlockingSocket(port: port), (try? socket.send(Array(word.utf8))) != nil else { return "" }
        return (try? String(decoding: socket.receive(100_000), as: UTF8.self)) ?? ""
    }

    /// `standalone`, `leader` or `follower`; nil while it does not serve.
    var role: String? {
        ask("srvr").split(separator: "\n").first { $0.hasPrefix("Mode: ") }.map { String($0.dropFirst(6)) }
    }

    func waitUntilItServes() async throws {
        for _ in 0..<600 {
            if role != nil { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw NotServing(log: log)
    }
}

struct NotServing: Error, CustomStringConvertible {
    let log: String
    var description: String { "ZooKeeper does not serve: \(log.suffix(2_000))" }
}
