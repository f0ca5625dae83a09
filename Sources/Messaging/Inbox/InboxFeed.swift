/// What one session has got of the stored messages, and whether something waits for it in the store. Pure; it belongs to the session's loop.
///
/// A session begins behind: it is read to, page by page, until nothing is left, and then live messages go to it as they come. A live message
/// that comes while it is behind is in the store, so it is dropped and read there in its turn. It falls behind again when it could not take a
/// live message. Nothing is sent twice: what was sent is known until the store knows that the device has it.
public final class InboxFeed {
    /// Messages that may be sent and not acknowledged; then nothing more is sent until some are.
    public static let window = 16_384
    /// Nanoseconds for which a live copy of a message that was read may still come.
    static let latest: UInt64 = 10_000_000_000

    public private(set) var isBehind = true
    public private(set) var isReading = false
    /// Read on after this position; nil: at the device's cursor.
    public private(set) var position: UInt64?
    /// Whether its turn to tell the store is planned already.
    public var isTelling = false

    private var hasMissed = false
    private var sent: Set<UInt64> = []
    private var paged: Set<UInt64> = []
    private var caughtUp: UInt64 = 0
    private var taken: [UInt64] = []
    private var released: [UInt64] = []

    public init() {}

    /// Whether a page is to be read now. `endPage` follows, or `failPage`.
    public func beginPage() -> Bool {
        guard isBehind, !isReading, sent.count < Self.window else { return false }
        isReading = true
        hasMissed = false
        return true
    }

    /// Whether a message that was read is to be sent.
    public func takesRead(_ serverID: UInt64) -> Bool {
        guard !sent.contains(serverID), paged.insert(serverID).inserted else { return false }
        sent.insert(serverID)
        return true
    }

    /// A page is sent.
    public func endPage(last: UInt64, more: Bool, now: UInt64) {
        isReading = false
        sent.subtract(released)
        released = []
        position = last
        if more || hasMissed { return }
        isBehind = false
        position = nil
        caughtUp = now
    }

    /// It could not be read.
    public func failPage() {
        isReading = false
        sent.subtract(released)
        released = []
    }

    /// Whether a live message is to be sent.
    public func takesLive(_ serverID: UInt64, now: UInt64) -> Bool {
        if isBehind {
            hasMissed = true
            return false
        }
        if !paged.isEmpty, now &- caughtUp > Self.latest { paged = [] }
        if sent.contains(serverID) || paged.contains(serverID) { return false }
        guard sent.count < Self.window else {
            fallBehind()
            return false
        }
        sent.insert(serverID)
        return true
    }

    /// A message that was to be sent was not.
    public func missed(_ serverID: UInt64) {
        sent.remove(serverID)
        paged.remove(serverID)
        fallBehind()
    }

    /// Something may lie in the store that will not come live.
    public func fallBehind() {
        if isReading { hasMissed = true }
        if isBehind { return }
        isBehind = true
        position = nil
    }

    /// The device has a message. Only what it was sent counts.
    /// - Returns: whether the store is to be told.
    public func took(_ serverID: UInt64) -> Bool {
        guard sent.contains(serverID) else { return false }
        taken.append(serverID)
        return true
    }

    /// Takes out what the store is to be told.
    public func takeTaken() -> [UInt64] {
        defer { taken = [] }
        return taken
    }

    /// The store could not be told.
    public func putBack(_ serverIDs: [UInt64]) { taken.insert(contentsOf: serverIDs, at: 0) }

    /// The store knows that the device has these. A page that is being read may show them still.
    public func confirmed(_ serverIDs: [UInt64]) {
        if isReading { released += serverIDs } else { sent.subtract(serverIDs) }
    }
}
