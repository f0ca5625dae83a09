import Foundation
import PluginHost

/// Turns a recording into lines. No file, no lock: whoever has the lines writes them.
public enum RecordingWriter {
    /// The first line, with its end.
    public static func line(_ header: RecordingHeader) -> [UInt8] {
        var out = JSONWriter()
        out.beginObject()
        out.key("hpush_recording")
        out.integer(RecordingHeader.version)
        out.key("node")
        out.string(header.node)
        out.key("started")
        out.number(header.started)
        out.key("loops")
        out.integer(header.loops)
        out.key("generation")
        out.integer(header.generation)
        out.key("redacted")
        out.bool(header.redacted)
        out.key("pipeline")
        out.beginArray()
        for plugin in header.pipeline {
            out.beginObject()
            out.key("name")
            out.string(plugin.name)
            if let version = plugin.version {
                out.key("version")
                out.string(version)
            }
            if !plugin.settings.isNil {
                out.key("settings")
                out.value(plugin.settings.json)
            }
            out.endObject()
        }
        out.endArray()
        out.endObject()
        return out.bytes + [10]
    }

    /// A line behind it, with its end.
    public static func line(_ entry: RecordingEntry) -> [UInt8] {
        var out = JSONWriter()
        out.beginObject()
        out.key("n")
        out.integer(entry.number)
        out.key("at")
        out.number(entry.at)
        out.key("loop")
        out.integer(entry.loop)
        if entry.session != 0 {
            out.key("session")
            out.integer(entry.session)
        }
        text("uid", entry.uid, &out)
        text("device", entry.device, &out)
        switch entry.event {
        case .open(let session, let before):
            out.key("open")
            write(session, before, &out)
        case .close:
            out.key("close")
            out.bool(true)
        case .message(let type, let body):
            text("type", type, &out)
            out.key("body")
            out.string(Data(body).base64EncodedString())
        }
        if let outcome = entry.outcome {
            out.key("outcome")
            write(outcome, &out)
        }
        out.endObject()
        return out.bytes + [10]
    }

    private static func text(_ key: String, _ text: String, _ out: inout JSONWriter) {
        if text.isEmpty { return }
        out.key(key)
        out.string(text)
    }

    private static func write(_ session: RecordedSession, _ before: Bool, _ out: inout JSONWriter) {
        out.beginObject()
        text("id", session.id, &out)
        out.key("platform")
        out.integer(session.platform)
        text("remote", session.remote, &out)
        out.key("since")
        out.number(session.since)
        if !session.attributes.isEmpty {
            out.key("attributes")
            out.value(LuaValue.table(session.attributes).json)
        }
        if before {
            out.key("before")
            out.bool(true)
        }
        out.endObject()
    }

    private static func write(_ outcome: RecordedOutcome, _ out: inout JSONWriter) {
        out.beginObject()
        text("verdict", outcome.verdict.rawValue, &out)
        text("plugin", outcome.plugin, &out)
        if outcome.code != 0 {
            out.key("code")
            out.integer(outcome.code)
        }
        text("info", outcome.info, &out)
        if let accepted = outcome.accepted {
            out.key("accepted")
            out.string(accepted)
        }
        if let result = outcome.result {
            out.key("result")
            out.string(Data(result).base64EncodedString())
        }
        text("failure", outcome.failure ?? "", &out)
        list("deliveries", outcome.deliveries, &out) { delivery, out in
            recipient(delivery.session, delivery.uid, &out)
            text("type", delivery.type, &out)
            if !delivery.fields.isEmpty {
                out.key("fields")
                out.beginObject()
                for entry in delivery.fields {
                    out.key(entry.key.text ?? "")
                    out.value(entry.value.json)
                }
                out.endObject()
            }
        }
        for (key, notices) in [("notifications", outcome.notifications), ("closes", outcome.closes)] {
            list(key, notices, &out) { notice, out in
                recipient(notice.session, notice.uid, &out)
                text("text", notice.text, &out)
            }
        }
        list("answers", outcome.answers, &out) { answer, out in
            text("function", answer.function, &out)
            out.key("after")
            out.number(answer.after)
            out.key("values")
            out.value(.array(answer.values.map(\.json)))
        }
        out.endObject()
    }

    private static func recipient(_ session: UInt64, _ uid: String, _ out: inout JSONWriter) {
        out.key("session")
        out.integer(session)
        text("uid", uid, &out)
    }

    private static func list<Item>(
        _ key: String, _ items: [Item], _ out: inout JSONWriter, _ write: (Item, inout JSONWriter) -> Void
    ) {
        if items.isEmpty { return }
        out.key(key)
        out.beginArray()
        for item in items {
            out.beginObject()
            write(item, &out)
            out.endObject()
        }
        out.endArray()
    }
}
