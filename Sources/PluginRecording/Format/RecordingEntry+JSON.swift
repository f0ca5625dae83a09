import Foundation
import PluginHost

// Reading lines. What a later version adds is passed over; what is missing gets its default where it has one.

extension RecordingHeader {
    init(_ json: JSON) throws {
        guard let version = json["hpush_recording"]?.integer else { throw RecordingError("this is no recording of hpush") }
        guard version == Self.version else {
            throw RecordingError("a recording of format \(version), this hpush reads format \(Self.version)")
        }
        let plugins = try (json["pipeline"]?.array ?? []).map { plugin in
            guard let name = plugin["name"]?.string else { throw RecordingError("pipeline: a plugin without a name") }
            return Plugin(name: name, version: plugin["version"]?.string, settings: try plugin["settings"].map { try LuaValue($0) } ?? .nil)
        }
        self.init(
            node: json["node"]?.string ?? "", started: json["started"]?.number ?? 0,
            loops: Int(clamping: min(max(json["loops"]?.integer ?? 1, 1), 256)),
            generation: UInt64(clamping: json["generation"]?.integer ?? 0), pipeline: plugins, redacted: json["redacted"]?.bool ?? false)
    }
}

extension RecordingEntry {
    init(_ json: JSON) throws {
        guard let number = json["n"]?.integer, number >= 0 else { throw RecordingError("n is missing: a number from 0") }
        guard let at = json["at"]?.number, at >= 0, at < 1e9 else { throw RecordingError("at is missing: seconds from the start") }
        let event: Event
        if let open = json["open"] {
            event = .open(try RecordedSession(open), before: open["before"]?.bool ?? false)
        } else if json["close"]?.bool == true {
            event = .close
        } else if let type = json["type"]?.string {
            guard let body = json["body"]?.string.flatMap({ Data(base64Encoded: $0) }) else {
                throw RecordingError("body is missing: base64 of a message")
            }
            event = .message(type: type, body: [UInt8](body))
        } else {
            throw RecordingError("a line has one of open, close and type")
        }
        self.init(
            number: UInt64(number), at: at, loop: Int(clamping: min(max(json["loop"]?.integer ?? 0, 0), 255)),
            session: UInt64(clamping: json["session"]?.integer ?? 0), uid: json["uid"]?.string ?? "",
            device: json["device"]?.string ?? "", event: event, outcome: try json["outcome"].map { try RecordedOutcome($0) })
    }
}

extension RecordedSession {
    init(_ json: JSON) throws {
        let attributes = try json["attributes"].map { try LuaValue($0) }?.entries ?? []
        self.init(
            id: json["id"]?.string ?? "", platform: UInt32(clamping: json["platform"]?.integer ?? 0), remote: json["remote"]?.string ?? "",
            since: json["since"]?.number ?? 0, attributes: attributes)
    }
}

extension RecordedOutcome {
    init(_ json: JSON) throws {
        guard let verdict = json["verdict"]?.string.flatMap(Verdict.init) else {
            throw RecordingError("outcome: verdict is one of \(Verdict.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.init(verdict)
        plugin = json["plugin"]?.string ?? ""
        code = UInt32(clamping: json["code"]?.integer ?? 0)
        info = json["info"]?.string ?? ""
        accepted = json["accepted"]?.string
        result = json["result"]?.string.flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }
        failure = json["failure"]?.string
        deliveries = try (json["deliveries"]?.array ?? []).map { delivery in
            Delivery(
                session: UInt64(clamping: delivery["session"]?.integer ?? 0), uid: delivery["uid"]?.string ?? "",
                type: delivery["type"]?.string ?? "",
                fields: try (delivery["fields"]?.object ?? []).map { .init(.text($0.key), try LuaValue($0.value)) })
        }
        notifications = Self.notices(json["notifications"])
        closes = Self.notices(json["closes"])
        answers = try (json["answers"]?.array ?? []).map { answer in
            Answer(
                function: answer["function"]?.string ?? "", after: max(answer["after"]?.number ?? 0, 0),
                values: try (answer["values"]?.array ?? []).map { try LuaValue($0) })
        }
    }

    private static func notices(_ json: JSON?) -> [Notice] {
        (json?.array ?? []).map {
            Notice(
                session: UInt64(clamping: $0["session"]?.integer ?? 0), uid: $0["uid"]?.string ?? "", text: $0["text"]?.string ?? "")
        }
    }
}
