/// A session to which more waits than `chat.write_buffer_high`: senders to it pause for at most a second, then their messages are refused
/// until it has drained.
public final class Congestion {
    /// Milliseconds of the loop's clock.
    public let since: UInt32
    /// Sessions whose reading stopped because of it.
    public private(set) var paused: [SessionHandle] = []

    /// How long senders pause at most. Milliseconds.
    public static let patience: UInt32 = 1000

    public init(since: UInt32) { self.since = since }

    /// Whether senders are not asked to wait any longer.
    public func isOver(at now: UInt32) -> Bool { now &- since >= Self.patience }

    /// True when the session was not among them.
    public func add(_ sender: SessionHandle) -> Bool {
        if paused.last == sender || paused.contains(sender) { return false }
        paused.append(sender)
        return true
    }

    public func takePaused() -> [SessionHandle] {
        defer { paused.removeAll() }
        return paused
    }
}
