extension RESPValue {
    public var isNull: Bool { self == .null }

    /// The bytes of a string; nil for everything else.
    public var bytes: [UInt8]? {
        switch self {
        case .bulk(let bytes): bytes
        case .simple(let text), .bigNumber(let text): Array(text.utf8)
        default: nil
        }
    }

    /// The text of a string, or a number in digits; what is no UTF-8 is replaced. Nil for everything else.
    public var text: String? {
        switch self {
        case .bulk(let bytes): String(decoding: bytes, as: UTF8.self)
        case .simple(let text), .bigNumber(let text): text
        case .integer(let number): String(number)
        case .double(let number): String(number)
        default: nil
        }
    }

    /// An integer, also where it came as digits in a string; a boolean counts as 1 or 0.
    public var int: Int? {
        switch self {
        case .integer(let number): Int(number)
        case .boolean(let yes): yes ? 1 : 0
        case .bulk, .simple, .bigNumber: text.flatMap { Int($0) }
        default: nil
        }
    }

    /// A floating point number, also where it came as digits in a string.
    public var double: Double? {
        switch self {
        case .double(let number): number
        case .integer(let number): Double(number)
        case .bulk, .simple: text.flatMap { Double($0) }
        default: nil
        }
    }

    /// The elements of an array or a set; nil for everything else.
    public var array: [RESPValue]? {
        switch self {
        case .array(let elements), .set(let elements), .push(let elements): elements
        default: nil
        }
    }

    /// The pairs of a map, or of an array of alternating keys and values (RESP2); nil for everything else.
    public var pairs: [RESPPair]? {
        switch self {
        case .map(let pairs): return pairs
        case .array(let elements) where elements.count.isMultiple(of: 2):
            return stride(from: 0, to: elements.count, by: 2).map { RESPPair(elements[$0], elements[$0 + 1]) }
        default: return nil
        }
    }

    /// The value under a key of a map (see `pairs`); looks at one pair after the other.
    public subscript(key: String) -> RESPValue? { pairs?.first { $0.key.text == key }?.value }
}
