import PluginHost
import WireProtocol

/// Hides what is secret in a message that is recorded.
public struct Redaction: Sendable {
    /// Also what users wrote, not only passwords and tokens.
    public var hidesContents: Bool

    public init(hidesContents: Bool) { self.hidesContents = hidesContents }

    /// The body of a message with a letter x for each character of what is hidden, so that its length stays. A body that can't be read is
    /// replaced by an empty one.
    public func body(_ body: [UInt8]) -> [UInt8] {
        guard var message = try? WireMessage(serializedBytes: body) else { return [] }
        if message.hasLoginRequest {
            guard hidesContents || !message.loginRequest.token.isEmpty else { return body }
            message.loginRequest.token = Self.hidden(message.loginRequest.token)
        }
        if hidesContents { hide(&message) } else if !message.hasLoginRequest { return body }
        return (try? message.serializedBytes()) ?? []
    }

    private func hide(_ message: inout WireMessage) {
        if message.hasMessageRequest {
            message.messageRequest.content = Self.hidden(message.messageRequest.content)
            message.messageRequest.url = Self.hidden(message.messageRequest.url)
            message.messageRequest.property = Self.hidden(message.messageRequest.property)
            message.messageRequest.json = Self.hidden(message.messageRequest.json)
            message.messageRequest.fromNick = Self.hidden(message.messageRequest.fromNick)
        }
        if message.hasCustom { message.custom.body = .init(repeating: UInt8(ascii: "x"), count: message.custom.body.count) }
    }

    /// A text of as many letters x.
    public static func hidden(_ text: String) -> String { String(repeating: "x", count: text.unicodeScalars.count) }

    private static let contentFields: Set<String> = ["content", "url", "property", "json", "from_nick"]

    /// What a chain did, hidden in the same way: issued tokens and password hashes always; contents of messages, notices and answers if they are to be.
    public func outcome(_ outcome: RecordedOutcome) -> RecordedOutcome {
        var outcome = outcome
        outcome.answers = outcome.answers.map { answer in
            let isSecret =
                ["token.issue", "crypto.password_hash"].contains(answer.function)
                || hidesContents && ["http", "redis", "offload"].contains(answer.function)
            return isSecret ? .init(function: answer.function, after: answer.after, values: answer.values.map(Self.hidden)) : answer
        }
        guard hidesContents else { return outcome }
        outcome.result = outcome.result.map { [UInt8](repeating: UInt8(ascii: "x"), count: $0.count) }
        outcome.deliveries = outcome.deliveries.map { delivery in
            var delivery = delivery
            delivery.fields = delivery.fields.map { entry in
                Self.contentFields.contains(entry.key.text ?? "") ? .init(entry.key, Self.hidden(entry.value)) : entry
            }
            return delivery
        }
        outcome.notifications = outcome.notifications.map { notice in
            var notice = notice
            notice.text = Self.hiddenJSON(notice.text)
            return notice
        }
        return outcome
    }

    /// Strings hidden, all else as it is.
    private static func hidden(_ value: LuaValue) -> LuaValue {
        switch value {
        case .string(let bytes): .text(hidden(String(decoding: bytes, as: UTF8.self)))
        case .list(let values): .list(values.map(hidden))
        case .table(let entries): .table(entries.map { .init($0.key, hidden($0.value)) })
        default: value
        }
    }

    private static func hiddenJSON(_ text: String) -> String {
        guard let json = try? JSONReader.read(Array(text.utf8)[...]) else { return hidden(text) }
        var out = JSONWriter()
        out.value(hidden(json))
        return String(decoding: out.bytes, as: UTF8.self)
    }

    private static func hidden(_ json: JSON) -> JSON {
        switch json {
        case .string(let text): .string(hidden(text))
        case .array(let values): .array(values.map(hidden))
        case .object(let entries): .object(entries.map { .init($0.key, hidden($0.value)) })
        default: json
        }
    }
}
