import PluginHost

/// Compares what two versions of the rules did for the same message: for replays and for shadows.
///
/// Not a difference: which plugin decided, the text of a failure (it names lines), and the order in which several recipients were served.
public enum OutcomeComparison {
    public static func differences(was: RecordedOutcome, now: RecordedOutcome) -> [OutcomeDifference] {
        var found: [OutcomeDifference] = []
        func note(_ what: String, _ was: String, _ now: String) { found.append(OutcomeDifference(what: what, was: was, now: now)) }
        if was.verdict != now.verdict || was.code != now.code || was.info != now.info {
            note("verdict", verdict(was), verdict(now))
        }
        if was.accepted != now.accepted { note("accepted login", was.accepted ?? "nobody", now.accepted ?? "nobody") }
        if was.result != now.result { note("answer of the route", bytes(was.result), bytes(now.result)) }
        found += compare(was.deliveries, now.deliveries, "delivery to", \.session, \.uid, show: delivery) { $0 == $1 }
        found += compare(was.notifications, now.notifications, "notification to", \.session, \.uid, show: \.text) {
            isSameJSON($0.text, $1.text)
        }
        found += compare(was.closes, now.closes, "close of", \.session, \.uid, show: { "\"\($0.text)\"" }) { $0.text == $1.text }
        return found
    }

    /// Lists of the same recipient, one after the other.
    private static func compare<Item>(
        _ was: [Item], _ now: [Item], _ what: String, _ session: (Item) -> UInt64, _ uid: (Item) -> String, show: (Item) -> String,
        isSame: (Item, Item) -> Bool
    ) -> [OutcomeDifference] {
        var order: [UInt64] = []
        for item in was + now where !order.contains(session(item)) { order.append(session(item)) }
        return order.flatMap { recipient -> [OutcomeDifference] in
            let before = was.filter { session($0) == recipient }, after = now.filter { session($0) == recipient }
            return (0..<max(before.count, after.count)).compactMap { index in
                let old = index < before.count ? before[index] : nil, new = index < after.count ? after[index] : nil
                if let old, let new, isSame(old, new) { return nil }
                let name = (old ?? new).map(uid) ?? ""
                return OutcomeDifference(what: "\(what) \(name)", was: old.map(show) ?? "none", now: new.map(show) ?? "none")
            }
        }
    }

    private static func isSameJSON(_ left: String, _ right: String) -> Bool {
        if left == right { return true }
        guard let left = try? JSONReader.read(Array(left.utf8)[...]), let right = try? JSONReader.read(Array(right.utf8)[...]) else {
            return false
        }
        return left == right
    }

    // MARK: Words

    private static func verdict(_ outcome: RecordedOutcome) -> String {
        var text = outcome.verdict.rawValue
        if outcome.verdict == .reject || outcome.verdict == .close { text += " \(outcome.code) \"\(outcome.info)\"" }
        if !outcome.plugin.isEmpty { text += " by \(outcome.plugin)" }
        if let failure = outcome.failure { text += " (\(failure))" }
        return text
    }

    private static func bytes(_ bytes: [UInt8]?) -> String {
        guard let bytes else { return "none" }
        return String(validating: bytes, as: UTF8.self).map { "\"\($0)\"" } ?? "\(bytes.count) bytes"
    }

    private static func delivery(_ delivery: RecordedOutcome.Delivery) -> String {
        let fields = delivery.fields.map { "\($0.key.text ?? "")=\(value($0.value))" }
        return fields.isEmpty ? "\(delivery.type) as it came" : "\(delivery.type) \(fields.joined(separator: " "))"
    }

    private static func value(_ value: LuaValue) -> String {
        switch value {
        case .integer(let number): "\(number)"
        case .bool(let bool): "\(bool)"
        default: bytes(value.bytes)
        }
    }
}
