/// Whom a connection tells. Called on the connection's loop only; one delegate may serve many connections.
public protocol ConnectionDelegate: AnyObject {
    /// Bytes arrived. `bytes` is the loop's read buffer: valid during the call only.
    ///
    /// - Returns: how many bytes from the front are done with. The rest (a partial frame) is kept and presented again,
    ///   contiguous with what follows it; a hint by `Connection.expect(_:)` saves presenting it before it is complete.
    ///   A delegate that pauses or closes the connection may return early: after a pause the rest is presented again at
    ///   resumption, after a close it is dropped.
    func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int

    /// The peer has ended its own direction: nothing more comes, all that came was presented.
    ///
    /// - Returns: whether the connection ends, after what waits to be sent. Else the delegate ends it once it is done with what came.
    func ended(_ connection: Connection) -> Bool

    /// The connection is over; called exactly once, at a tick's end, never from inside a call on the connection.
    func closed(_ connection: Connection, reason: CloseReason)

    /// The kernel takes no more although bytes wait, as `writeStalledSince` says; not called again before all of them went.
    func stalled(_ connection: Connection)

    /// Waiting output fell to `writeBufferLow` or below, after it had been above `writeBufferHigh`.
    func drained(_ connection: Connection)

    /// The kernel took so many bytes more, in this tick; only for connections with `tellsFlushes`. Called at a tick's end, never from inside a
    /// call on the connection; what it writes leaves in the same tick.
    func flushed(_ connection: Connection, _ bytes: Int)
}

extension ConnectionDelegate {
    public func ended(_ connection: Connection) -> Bool { true }
    public func stalled(_ connection: Connection) {}
    public func drained(_ connection: Connection) {}
    public func flushed(_ connection: Connection, _ bytes: Int) {}
}
