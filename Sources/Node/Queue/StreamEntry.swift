import RedisClient

/// An entry of a Redis Stream.
struct StreamEntry: Sendable, Hashable {
    /// Entries of a stream have ascending ones.
    struct ID: Sendable, Hashable, Comparable, CustomStringConvertible {
        /// Since 1970.
        var milliseconds: UInt64
        var number: UInt64

        init?(_ text: some StringProtocol) {
            let parts = text.split(separator: "-")
            guard parts.count == 2, let milliseconds = UInt64(parts[0]), let number = UInt64(parts[1]) else { return nil }
            self.milliseconds = milliseconds
            self.number = number
        }

        var description: String { "\(milliseconds)-\(number)" }

        static func < (one: ID, other: ID) -> Bool { (one.milliseconds, one.number) < (other.milliseconds, other.number) }
    }

    var id: ID
    var fields: [String: String]

    /// The entries of one stream in an answer of XREADGROUP: a map, or a list of pairs (RESP2); nothing was there: null.
    static func read(_ answer: RESPValue) -> [StreamEntry] {
        switch answer {
        case .map(let pairs): pairs.flatMap { list($0.value) }
        case .array(let streams): streams.flatMap { $0.array.flatMap { $0.count == 2 ? list($0[1]) : nil } ?? [] }
        default: []
        }
    }

    /// A list of entries, as XRANGE answers. Those that were deleted meanwhile (null) are left out.
    static func list(_ value: RESPValue) -> [StreamEntry] {
        (value.array ?? []).compactMap { entry in
            guard let parts = entry.array, parts.count == 2, let id = parts[0].text.flatMap({ ID($0) }), let pairs = parts[1].pairs else {
                return nil
            }
            var fields: [String: String] = [:]
            for pair in pairs { if let name = pair.key.text { fields[name] = pair.value.text ?? "" } }
            return StreamEntry(id: id, fields: fields)
        }
    }
}
