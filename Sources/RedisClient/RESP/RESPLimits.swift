/// What a reply may be; beyond, the connection ends with an error. Guards against a broken or hostile server.
public struct RESPLimits: Sendable, Hashable {
    /// Arrays in arrays.
    public var depth: Int
    /// Bytes of one string; never more than the loop's `ConnectionLimits.inputCap`.
    public var stringBytes: Int
    /// Elements of one reply, counted over all its arrays.
    public var elements: Int
    /// Bytes of one line: status, error, number.
    public var lineBytes: Int

    public init(depth: Int = 32, stringBytes: Int = 64 << 20, elements: Int = 4 << 20, lineBytes: Int = 64 << 10) {
        self.depth = max(depth, 1)
        self.stringBytes = max(stringBytes, 64)
        self.elements = max(elements, 64)
        self.lineBytes = max(lineBytes, 64)
    }
}
