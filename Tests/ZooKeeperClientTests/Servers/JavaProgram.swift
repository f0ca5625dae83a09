import Foundation

struct MissingProgram: Error, CustomStringConvertible {
    let name: String
    var description: String { "\(name) is missing: run scripts/setup" }
}

/// A Java process. It ends with this object and, by a shell that waits for the end of its input, with the test process however that ends.
final class JavaProgram: @unchecked Sendable {
    static let jars = "/usr/share/java"

    private let shell = Process()
    private let life = Pipe()
    private let output: String
    let pid: pid_t

    static func require(_ jar: String) throws {
        guard FileManager.default.fileExists(atPath: "\(jars)/\(jar)") else { throw MissingProgram(name: "\(jars)/\(jar)") }
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/java") else { throw MissingProgram(name: "/usr/bin/java") }
    }

    /// - Parameter output: a file that gets what it prints.
    init(_ arguments: [String], output: String) throws {
        self.output = output
        shell.executableURL = URL(fileURLWithPath: "/bin/bash")
        let script = """
            /usr/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx96m "$@" >"$0" 2>&1 </dev/null &
            echo $!
            cat >/dev/null
            kill -9 $! 2>/dev/null
            """
        shell.arguments = ["-c", script, output] + arguments
        let answer = Pipe()
        shell.standardInput = life
        shell.standardOutput = answer
        try shell.run()
        let line = answer.fileHandleForReading.availableData
        guard let pid = pid_t(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw MissingProgram(name: "java's process number")
        }
        self.pid = pid
    }

    deinit { try? life.fileHandleForWriting.close() }

    var printed: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }

    var isRunning: Bool { kill(pid, 0) == 0 }

    /// kill -9.
    func end() {
        kill(pid, SIGKILL)
        try? life.fileHandleForWriting.close()
        shell.waitUntilExit()
    }

    func freeze() { kill(pid, SIGSTOP) }
    func thaw() { kill(pid, SIGCONT) }

    func waitForExit(seconds: Int) async throws {
        for _ in 0..<(seconds * 20) where isRunning { try await Task.sleep(for: .milliseconds(50)) }
    }
}
