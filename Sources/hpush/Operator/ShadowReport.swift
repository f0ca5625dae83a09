import Node

/// What a shadow found, as lines for people.
enum ShadowReport {
    static func lines(_ found: ShadowDifference) -> [String] {
        found.differences.map { part in
            "#\(found.number) \(DisplayedText.line(found.user)) \(found.type): \(part.what): was \(DisplayedText.line(part.was)), now \(DisplayedText.line(part.now))"
        }
    }

    static func lines(_ summary: ShadowSummary) -> [String] {
        var lines: [String] = []
        for (function, count) in summary.notCompared.sorted(by: { $0.key < $1.key }) {
            lines.append("\(function) was asked \(Amount.count(count)) times where the rules in force did not ask it; not compared")
        }
        if summary.incomplete > 0 {
            lines.append(
                "\(Amount.count(summary.incomplete)) not compared: the session ended, a guard stepped in, or they went to too many")
        }
        if summary.skipped > 0 { lines.append("\(Amount.count(summary.skipped)) left out: over its share of the loops' time") }
        if let reason = summary.reason { lines.append("it ended early: \(reason)") }
        lines.append(
            "cost: p50 \(Amount.time(microseconds: summary.p50Microseconds)), p99 \(Amount.time(microseconds: summary.p99Microseconds)) a message "
                + "(in force: \(Amount.time(microseconds: summary.liveP50Microseconds)), \(Amount.time(microseconds: summary.liveP99Microseconds))); "
                + "\(percent(summary.loopShare)) of the loops' time")
        lines.append("\(Amount.count(summary.compared)) compared, \(Amount.count(summary.differing)) differ")
        return lines
    }

    private static func percent(_ share: Double) -> String {
        let tenths = Int((share * 1000).rounded())
        return "\(tenths / 10).\(tenths % 10)%"
    }
}
