/// What a client does about its session, without any socket, clock or thread: events go in, what is to be done comes out.
///
///     start ─► waiting ─► connecting ─► handshaking ─► connected ─► closing ─► closed
///                 ▲            │              │             │           │
///                 └────────────┴──────────────┴─────────────┴───────────┘  `lost`
///
/// `Context` is what the caller knows a request by. Every context given to `submit` comes out exactly once: by `reply`, `timedOut`, or in
/// the list of a loss, an expiry or an end. Times are milliseconds of any clock that only goes forward.
struct SessionMachine<Context> {
    enum Phase: Equatable {
        case idle
        case waiting(until: Int)
        case connecting(deadline: Int)
        case handshaking(deadline: Int)
        case connected
        /// The request that ends the session is sent.
        case closing
        case closed
    }

    struct Entry {
        let xid: Int32
        let deadline: Int
        let sentAt: Int
        /// nil once its time was over: the answer that still comes is for nobody.
        var context: Context?
    }

    let settings: SessionSettings
    var phase = Phase.idle
    /// As the user sees it.
    var state = SessionState.connecting

    var sessionID: Int64 = 0
    var password = [UInt8](repeating: 0, count: 16)
    /// As negotiated.
    var timeout = 0
    /// The last change this client has seen an effect of.
    var lastZxid: Int64 = 0

    /// Sent and not answered, in the order of their xids.
    var inFlight = EntryQueue<Entry>()
    /// To be sent once connected.
    var waiting = EntryQueue<Entry>()
    /// No request's time is over before; it may be that none's is then, either.
    var earliestDeadline = Int.max
    var lastXid: Int32 = 0
    var closeXid: Int32 = 0
    /// The session is to end: by then at the latest. Without connection one is tried to be had for it.
    var closeBy: Int?

    var lastSent = 0
    var lastHeard = 0
    var pingSentAt: Int?
    /// When the last request was sent of which the server has shown that it got it.
    var provenAt = 0

    var servers: [ServerAddress]
    var nextServer = 0
    /// Since the last connection that stayed.
    var attempts = 0
    var establishedAt = 0
    /// When the session was last served, and how many servers have accepted a connection since and closed it without an answer.
    var lostAt = 0
    var refusals = 0
    var jitter: Jitter

    init(_ settings: SessionSettings) {
        self.settings = settings
        jitter = Jitter(seed: settings.seed)
        servers = settings.servers.shuffled(using: &jitter)
    }

    /// Sent and waiting, those that nobody waits for any more included.
    var requestCount: Int { inFlight.count + waiting.count }

    /// How long the server cannot yet have ended the session, whatever happened since: 0 when it may have.
    func lease(now: Int) -> Int {
        sessionID == 0 ? 0 : max(provenAt + timeout - now, 0)
    }
}
