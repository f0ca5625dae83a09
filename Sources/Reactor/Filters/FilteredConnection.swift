import CReactor
import Glibc

/// A connection with a filter. Its `waitingBytes` are its owner's bytes, not those of the wire, and count until the kernel has all that was
/// made of them.
///
/// Input: one receive into the loop's room for filters, and what the filter makes of it goes the way of all input. Output: at the tick's
/// end the filter makes up to `batch` bytes at a time into what is sent; what the kernel does not take of that is kept here. So beyond what
/// every connection may hold it has at most what one batch became, and only while its peer does not read.
final class FilteredConnection: Connection {
    /// Bytes that a filter may hold back and give with what comes next: a record of TLS.
    static let slack = 18 << 10
    /// The owner's bytes that are filtered at once.
    static let batch = 64 << 10
    /// Filtered output that may be kept: a batch, and what the filter itself answers to a peer that asks without reading.
    static let mostUnsent = 256 << 10

    let filter: any ConnectionFilter
    /// Filtered output that the kernel has not taken, from `unsentStart`.
    @exclusivity(unchecked) var unsent: UnsafeMutableRawPointer?
    @exclusivity(unchecked) var unsentStart = 0
    @exclusivity(unchecked) var unsentEnd = 0
    /// The owner's bytes in it.
    @exclusivity(unchecked) var unsentPlain = 0
    /// In the queue of those whose handshake goes on.
    @exclusivity(unchecked) var isQueued = false
    /// Its handshake has had a turn.
    @exclusivity(unchecked) var hasBegun = false
    /// From when its time counts, in the loop's milliseconds.
    @exclusivity(unchecked) var handshakeBegin: UInt32 = 0
    /// The peer has said that it sends no more.
    @exclusivity(unchecked) var inputEnded = false
    @exclusivity(unchecked) var saidGoodbye = false

    init(_ loop: EventLoop, descriptor: Int32, _ filter: any ConnectionFilter) {
        self.filter = filter
        super.init(loop, descriptor: descriptor)
        flags.insert(.filtered)
    }
}

extension Connection {
    /// Why its filter failed, for people; nil when it did not, or there is none.
    public var filterProblem: String? { flags.contains(.filtered) ? filtered.filter.problem : nil }

    /// Only where `flags` say that it has a filter.
    private var filtered: FilteredConnection { unsafeDowncast(self, to: FilteredConnection.self) }

    func readFiltered(_ ended: Bool) { filtered.readInput(ended) }

    func flushFiltered() { filtered.flushOutput() }

    /// Whether the filter's output has not all gone.
    var hasFilteredOutput: Bool { flags.contains(.filtered) && filtered.unsentEnd > 0 }

    /// After the descriptor is watched: the handshake begins.
    func beginFilter() {
        guard flags.contains(.filtered), !flags.contains(.closed) else { return }
        let connection = filtered
        loop.handshakes.began(connection, loop)
        connection.take(connection.filter.begin())
    }

    /// Tells the peer that no more is sent: only when all of it was, so that one who was cut off can know.
    func sayGoodbye() {
        guard flags.contains(.filtered) else { return }
        let connection = filtered
        guard !connection.saidGoodbye, waiting == 0, connection.unsentEnd == 0, connection.filter.isOpen else { return }
        connection.saidGoodbye = true
        connection.filter.end()
        let output = connection.filter.output
        // Whether it gets there matters to nobody but the peer.
        if let base = output.baseAddress, output.count > 0 { _ = creactor_send_bytes(descriptor, base, output.count) }
        connection.filter.clearOutput()
    }

    /// The end of a closed connection, before its descriptor is closed.
    func filterFinished() {
        if reason.kind != .reset { sayGoodbye() }
        let connection = filtered
        connection.filter.closed(reason)
        connection.dropUnsent()
    }
}
