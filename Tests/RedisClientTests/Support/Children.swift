import Foundation
import TestSupport
import Testing

/// A server of the test's own, as a plain process in a folder of its own; ended with the object.
final class RedisProcess: @unchecked Sendable {
    let port: Int
    let folder: URL
    private let arguments: [String]
    private let lock = NSLock()
    private var process: Process?

    /// - Parameter settings: lines of redis.conf.
    init(_ settings: [String] = [], port: Int? = nil, isSentinel: Bool = false, start: Bool = true) throws {
        let port = port ?? FreePort.take()
        self.port = port
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "redis-client-tests-\(ProcessInfo.processInfo.processIdentifier)-\(port)")
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appendingPathComponent("redis.conf")
        var lines = ["port \(port)", "bind 127.0.0.1", "dir \(folder.path)", "protected-mode no", "logfile redis.log"]
        if !isSentinel { lines += ["save \"\"", "appendonly no", "repl-diskless-sync-delay 0"] }
        try (lines + settings).joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        arguments = [file.path] + (isSentinel ? ["--sentinel"] : [])
        if start { try self.start() }
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    static func path(_ program: String) throws -> String {
        for folder in ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]
        where FileManager.default.isExecutableFile(atPath: "\(folder)/\(program)") {
            return "\(folder)/\(program)"
        }
        throw TestFailure("\(program) is not here: run scripts/setup")
    }

    /// Starts it (again) and waits until it answers; with `user`, as that one.
    func start(user: String? = nil, password: String? = nil) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try Self.path("redis-server"))
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        lock.withLock { self.process = process }
        for _ in 0..<200 {
            let login = user.map { ["--user", $0, "--pass", password ?? "", "--no-auth-warning"] } ?? []
            if (try? Self.cli(login + ["-h", "127.0.0.1", "-p", "\(port)", "PING"]))?.contains("PONG") == true { return }
            usleep(20_000)
        }
        let log = (try? String(contentsOf: folder.appendingPathComponent("redis.log"), encoding: .utf8)) ?? ""
        throw TestFailure("redis-server did not start: \(log.suffix(300))")
    }

    func signal(_ number: Int32) {
        if let process = lock.withLock({ process }), process.isRunning { _ = Glibc.kill(process.processIdentifier, number) }
    }

    func freeze() { signal(SIGSTOP) }
    func thaw() { signal(SIGCONT) }

    func kill() {
        guard let process = lock.withLock({ process }) else { return }
        signal(SIGKILL)
        process.waitUntilExit()
        lock.withLock { self.process = nil }
    }

    /// What redis-cli says, the last newline left out.
    @discardableResult
    func cli(_ arguments: String...) throws -> String { try Self.cli(["-h", "127.0.0.1", "-p", "\(port)"] + arguments) }

    @discardableResult
    static func cli(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try path("redis-cli"))
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
