/// What a client did since it was made, and how much waits now. Read it on the loop.
public struct RedisCounters: Sendable, Hashable {
    public internal(set) var commands = 0
    /// Answers of the server that were errors.
    public internal(set) var serverErrors = 0
    public internal(set) var timeouts = 0
    /// Commands refused because too many waited.
    public internal(set) var refused = 0
    public internal(set) var connects = 0
    public internal(set) var disconnects = 0
    /// Redis Cluster: answers that a slot is elsewhere, or on its way.
    public internal(set) var redirects = 0
    public internal(set) var invalidations = 0
    public internal(set) var messages = 0
    /// Commands sent and not answered.
    public internal(set) var inFlight = 0
    /// Commands that wait for a connection.
    public internal(set) var waiting = 0
}
