/// What connections of a loop may use; one value a loop, so that it costs a connection nothing. Bytes, if not said otherwise.
public struct ConnectionLimits: Sendable {
    /// Above this many waiting output bytes a connection is `isOverHighMark` ...
    public var writeBufferHigh: Int
    /// ... until no more than this many wait: then `drained` is called.
    public var writeBufferLow: Int
    /// A connection with more waiting output closes with `.overflow`. At most 2 GiB.
    public var hardCap: Int
    /// A connection with more unconsumed input closes with `.overflow`. At most 2 GiB. Larger than the largest frame.
    public var inputCap: Int
    /// How long `close(afterFlush: true)` may wait for the peer to take the rest. Milliseconds.
    public var closeLinger: Int
    /// The most one `recv` takes; the loop's one read buffer has this size.
    public var readSize: Int

    public init(
        writeBufferHigh: Int = 1 << 20, writeBufferLow: Int = 1 << 18, hardCap: Int = 64 << 20, inputCap: Int = 16 << 20,
        closeLinger: Int = 2_000, readSize: Int = 256 << 10
    ) {
        self.hardCap = min(max(hardCap, 4096), 1 << 31)
        self.inputCap = min(max(inputCap, 4096), 1 << 31)
        self.writeBufferHigh = min(max(writeBufferHigh, 1), self.hardCap)
        self.writeBufferLow = min(max(writeBufferLow, 0), self.writeBufferHigh)
        self.closeLinger = max(closeLinger, 0)
        self.readSize = min(max(readSize, 4096), 16 << 20)
    }
}
