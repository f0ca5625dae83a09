/// What a Redis server says: one value of its protocol, version 2 or 3. Strings are bytes, whatever they hold.
public enum RESPValue: Sendable, Hashable {
    /// A short status such as `OK`.
    case simple(String)
    /// An error, as the server worded it: `WRONGTYPE Operation against ...`. As a command's whole answer it becomes a `RedisError`; only
    /// inside of arrays (a transaction's answer) it is met as a value.
    case error(String)
    case integer(Int64)
    /// A string. RESP3's verbatim strings come as such, too, without their format.
    case bulk([UInt8])
    case null
    case double(Double)
    case boolean(Bool)
    /// An integer of more than 64 bits, in decimal digits.
    case bigNumber(String)
    case array([RESPValue])
    /// RESP3 only; RESP2 servers send an array of alternating keys and values: `pairs` reads both.
    case map([RESPPair])
    /// RESP3 only; RESP2 servers send an array.
    case set([RESPValue])
    /// Out of turn: not an answer. Never given to a command.
    case push([RESPValue])
}

/// A key and its value.
public struct RESPPair: Sendable, Hashable {
    public var key: RESPValue
    public var value: RESPValue

    public init(_ key: RESPValue, _ value: RESPValue) {
        self.key = key
        self.value = value
    }
}
