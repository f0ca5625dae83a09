/// A descriptor of a loop that is not a connection: listener, signals, a connect under way. Loop-only.
public class EventSource {
    /// The descriptor reported `events`.
    func ready(_ events: UInt32) {}
    /// The loop stops.
    func loopStopping() {}
}
