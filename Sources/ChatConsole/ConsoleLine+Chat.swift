import ChatClient
import Foundation

/// How what comes from the node reads.
extension ConsoleLine {
    /// `bob: hello`, in a group `bob@team: hello`.
    static func incoming(_ message: ChatMessage) -> ConsoleLine {
        ConsoleLine(.incoming, speaker: speaker(of: message), text: message.text)
    }

    /// What a terminal shows of a message this user sent.
    static func own(user: String, to target: String, text: String) -> ConsoleLine {
        ConsoleLine(.own, speaker: "\(user) > \(target)", text: text)
    }

    /// `2026-11-24 08:25 bob: hello`, in local time.
    static func history(_ message: ChatMessage) -> ConsoleLine {
        guard message.time > 0 else { return ConsoleLine(.answer, speaker: speaker(of: message), text: message.text) }
        let date = Date(timeIntervalSince1970: Double(message.time) / 1000)
        let style = Date.VerbatimFormatStyle(
            format: """
                \(year: .padded(4))-\(month: .twoDigits)-\(day: .twoDigits) \
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits)
                """,
            timeZone: .current, calendar: Calendar(identifier: .gregorian))
        return ConsoleLine(.answer, speaker: "\(date.formatted(style)) \(speaker(of: message))", text: message.text)
    }

    /// `not delivered to bob: no such user or group (code 6)`
    static func failure(_ answer: ChatAnswer, to target: String?) -> ConsoleLine {
        let words = answer.info.isEmpty ? ChatCode.meaning(of: answer.code) : answer.info
        return ConsoleLine(.problem, text: "not delivered\(target.map { " to \($0)" } ?? ""): \(words) (code \(answer.code))")
    }

    private static func speaker(of message: ChatMessage) -> String {
        let from = message.from.isEmpty ? "?" : message.from
        return message.group.map { "\(from)@\($0)" } ?? from
    }
}
