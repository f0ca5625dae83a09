import Foundation
import Node

/// Traces as lines for people.
struct TraceReport {
    private var generation: UInt64?

    /// The line of an event, and one before it where another generation is in force.
    mutating func lines(_ event: TraceEvent) -> [String] {
        var lines: [String] = []
        if generation != event.generation {
            lines.append("-- node \(event.node), generation \(event.generation)")
            generation = event.generation
        }
        lines.append(line(event))
        return lines
    }

    private func line(_ event: TraceEvent) -> String {
        var parts = [Self.time(event.time), event.session.isEmpty ? "no session" : String(event.session.prefix(10)), Self.subject(event)]
        switch event.event {
        case .message:
            if let to = event.to { parts.append("to \(to)") }
            if let bytes = event.bytes { parts.append("\(Amount.count(bytes)) bytes") }
        case .handler:
            parts.append("  \(event.plugin ?? "") \(event.handler ?? "")")
            parts.append(Self.verdict(event))
            parts.append(Amount.time(microseconds: event.microseconds))
            if let waited = event.waitedMilliseconds { parts.append("waited \(Amount.time(microseconds: waited * 1000))") }
            if let changed = event.changed { parts.append("set \(changed.joined(separator: ", "))") }
        case .end:
            parts.append("=> \(Self.verdict(event))")
            if let plugin = event.plugin { parts.append("by \(plugin)") }
        }
        for (name, text) in (event.contents ?? [:]).sorted(by: { $0.key < $1.key }) { parts.append("\(name)=\(Self.quoted(text))") }
        return parts.joined(separator: "  ")
    }

    private static func subject(_ event: TraceEvent) -> String {
        switch event.direction {
        case "event": "event \(event.type)"
        case "out": "out \(event.type) #\(event.sequence)"
        default: "\(event.type) #\(event.sequence)"
        }
    }

    private static func verdict(_ event: TraceEvent) -> String {
        var text = event.verdict ?? ""
        if let code = event.code { text += " \(code)" }
        if let info = event.info { text += " \(quoted(info))" }
        return text
    }

    private static func quoted(_ text: String) -> String { "\"\(DisplayedText.line(text))\"" }

    private static func time(_ seconds: Double) -> String {
        let date = Date(timeIntervalSince1970: seconds)
        let parts = Calendar.current.dateComponents([.hour, .minute, .second], from: date)
        let millisecond = Int(seconds.truncatingRemainder(dividingBy: 1) * 1000)
        return String(format: "%02d:%02d:%02d.%03d", parts.hour ?? 0, parts.minute ?? 0, parts.second ?? 0, millisecond)
    }
}
