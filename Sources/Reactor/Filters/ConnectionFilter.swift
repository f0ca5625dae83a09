/// Stands between a connection's socket and its owner: bytes of the wire are made into bytes for the owner, and back. TLS is one.
///
/// A filter belongs to one connection and is called on its loop only. What it wants sent it gathers in `output`, which all filters of a
/// thread may share: the connection empties it before another filter is called.
public protocol ConnectionFilter: AnyObject {
    /// Whether the handshake is over. Bytes of the owner wait until then.
    var isOpen: Bool { get }
    /// How long the handshake may take from the connection's beginning.
    var handshakeMilliseconds: Int { get }

    /// Says what is to be said first; for the side that begins.
    func begin() -> FilterState

    /// Takes all of `bytes` and puts what they mean into `room`, which has `FilteredConnection.slack` bytes more than there are.
    ///
    /// - Returns: how many bytes were put into `room`, and how it goes on after them.
    func receive(_ bytes: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> (count: Int, state: FilterState)

    /// Makes output of all of the owner's `bytes`; only when `isOpen`.
    /// - Returns: false when it cannot; the connection ends then.
    func send(_ bytes: UnsafeRawBufferPointer) -> Bool

    /// Says that no more is sent.
    func end()

    /// What is to be sent. Valid until the next call on a filter of this thread.
    var output: UnsafeRawBufferPointer { get }
    /// All of `output` is taken care of.
    func clearOutput()

    /// Why it failed, for people.
    var problem: String? { get }

    /// The connection is over; the filter is not called any more.
    func closed(_ reason: CloseReason)
}

/// How it goes on with a filtered connection.
public enum FilterState: Equatable, Sendable {
    case going
    /// The other side sends no more.
    case ended
    /// It is over, for this reason. What is in the output is still sent.
    case failed(CloseReason)
}

/// Makes the filter of a new connection, on its loop.
public typealias FilterSource = @Sendable () -> any ConnectionFilter
