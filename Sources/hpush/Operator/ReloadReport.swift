import Foundation
import Node

/// Asks a node for a reload or a rollback and shows what came of it.
enum ReloadReport {
    /// Loading is bounded by `plugins.limits.run_ms` for each plugin and loop; this is far beyond what is usual.
    private static let seconds: Int64 = 300

    /// - Throws: `CommandError` when nothing was changed.
    static func show(_ admin: AdminOptions, _ path: String, asJSON: Bool) async throws {
        let (answer, bytes) = try await admin.client().post(path, as: ReloadAnswer.self, seconds: seconds)
        guard !asJSON else { return print(String(decoding: bytes, as: UTF8.self), terminator: "") }
        lines(answer).forEach { print($0) }
    }

    static func lines(_ answer: ReloadAnswer) -> [String] {
        let rules = answer.rulesOf == answer.generation ? "" : " with the rules of generation \(answer.rulesOf)"
        let loops = answer.loops.count == 1 ? "1 loop" : "\(answer.loops.count) loops"
        let pause = Amount.time(microseconds: answer.pauseMicroseconds)
        var lines = ["generation \(answer.generation) is in force\(rules); \(loops) switched, paused for \(pause) at most"]
        if !answer.needsRestart.isEmpty { lines.append("needs a restart: \(answer.needsRestart.joined(separator: ", "))") }
        return lines
    }
}
