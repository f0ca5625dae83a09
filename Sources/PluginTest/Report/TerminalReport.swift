/// Test results as lines for a terminal or a log.
package struct TerminalReport {
    /// Whether a person looks: signs and colours.
    package var isTerminal: Bool
    private var passed = 0
    private var failed = 0

    package init(isTerminal: Bool) { self.isTerminal = isTerminal }

    /// The lines of one test.
    package mutating func lines(of result: TestResult) -> [String] {
        guard let failure = result.failure else {
            passed += 1
            return [isTerminal ? "\u{1b}[32m✓\u{1b}[0m \(result.plugin): \(result.name)" : "ok      \(result.plugin): \(result.name)"]
        }
        failed += 1
        var lines = [isTerminal ? "\u{1b}[31m✗ \(result.plugin): \(result.name)\u{1b}[0m" : "FAILED  \(result.plugin): \(result.name)"]
        lines.append("        \(failure.place): \(failure.message)")
        if !failure.source.isEmpty { lines.append("        > \(failure.source)") }
        lines += failure.errors.map { "        log: \($0)" }
        return lines
    }

    /// "12 passed, 1 failed".
    package var summary: String { "\(passed) passed, \(failed) failed" }
    package var hasFailed: Bool { failed > 0 }
    package var count: Int { passed + failed }
}
