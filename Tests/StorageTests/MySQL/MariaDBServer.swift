#if MySQL
    import Foundation
    import Synchronization
    import TestSupport

    @testable import MySQLStorage

    /// A MariaDB server of the tests' own on a free port of loopback, in a folder that goes with it. It ends with the process of the tests, however
    /// that ends: it lives as long as somebody holds the other end of its keeper's standard input.
    final class MariaDBServer: @unchecked Sendable {
        // `lock` guards `keeper`.

        /// One for all tests that only need databases.
        static let shared = Result { try MariaDBServer() }

        private static let numbers = Atomic(0)

        let port: Int
        private let folder: URL
        private let lock = NSLock()
        private var keeper: (process: Process, input: Pipe)?

        private static let script = """
            folder=$1; shift
            "$@" >"$folder/log" 2>&1 & server=$!
            echo $server >"$folder/pid"
            cat >/dev/null
            kill -9 $server 2>/dev/null
            wait $server
            """

        init() throws {
            port = FreePort.take()
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("hpush-mariadb-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let output = try Self.run(
                "mariadb-install-db",
                [
                    "--no-defaults", "--datadir=\(data)", "--auth-root-authentication-method=normal", "--skip-test-db",
                    "--user=\(NSUserName())",
                ])
            guard FileManager.default.fileExists(atPath: data + "/mysql") else {
                throw Failure("mariadb-install-db: \(output.suffix(500))")
            }
            try start()
        }

        deinit {
            kill()
            try? FileManager.default.removeItem(at: folder)
        }

        private var data: String { folder.path + "/data" }

        /// An empty database on it.
        func database() throws -> MySQLServer {
            let name = "test_\(Self.numbers.wrappingAdd(1, ordering: .relaxed).newValue)"
            try MySQLConnection(server("mysql")).run("CREATE DATABASE \(name)")
            return server(name)
        }

        func server(_ database: String) -> MySQLServer {
            MySQLServer(host: "127.0.0.1", port: port, user: "root", password: "", database: database)
        }

        /// Starts it (again) and returns when it answers.
        func start() throws {
            let process = Process()
            let input = Pipe()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = [
                "-c", Self.script, "keeper", folder.path, try Self.path("mariadbd"), "--no-defaults", "--datadir=\(data)",
                "--socket=\(folder.path)/socket", "--port=\(port)", "--bind-address=127.0.0.1", "--user=\(NSUserName())",
                "--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=64M", "--max-allowed-packet=4M", "--skip-log-bin",
            ]
            process.standardInput = input
            try process.run()
            lock.withLock { keeper = (process, input) }
            for _ in 0..<600 {
                if (try? MySQLConnection(server("mysql"))) != nil { return }
                guard process.isRunning else { break }
                usleep(50_000)
            }
            let log = (try? String(contentsOf: folder.appendingPathComponent("log"), encoding: .utf8)) ?? ""
            throw Failure("mariadbd did not start: \(log.suffix(1000))")
        }

        /// Ends it at once, as a crash does.
        func kill() {
            guard let keeper = lock.withLock({ keeper }) else { return }
            try? keeper.input.fileHandleForWriting.close()
            keeper.process.waitUntilExit()
            lock.withLock { self.keeper = nil }
        }

        private static func path(_ program: String) throws -> String {
            for folder in ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin"]
            where FileManager.default.isExecutableFile(atPath: "\(folder)/\(program)") {
                return "\(folder)/\(program)"
            }
            throw Failure("\(program) is not here: run scripts/setup")
        }

        private static func run(_ program: String, _ arguments: [String]) throws -> String {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: try path(program))
            process.arguments = arguments
            let output = Pipe()
            process.standardOutput = output
            process.standardError = output
            process.standardInput = FileHandle.nullDevice
            try process.run()
            let data = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return String(decoding: data, as: UTF8.self)
        }

        struct Failure: Error, CustomStringConvertible {
            let description: String
            init(_ description: String) { self.description = description }
        }
    }
#endif
