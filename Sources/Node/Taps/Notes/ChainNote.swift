import Messaging
import PluginHost
import PluginRecording
import Synchronization

/// What a chain of the rules in force does for one message or event, noted while it runs, waits included.
///
/// The loop that runs it notes its end; loops of recipients note what they wrote. It is over when the chain has ended and nothing that it
/// sent is on its way any more.
final class ChainNote: @unchecked Sendable {
    enum Event: Sendable {
        case message(type: UInt32, frame: [UInt8])
        case open, close
    }

    /// A frame that was written to a session, or a close.
    struct Delivery: Sendable {
        var session: UInt64
        var uid: String
        /// Empty for a close.
        var frame: [UInt8]
        var reason = ""
        var closes = false
    }

    /// All that is noted.
    struct Result: Sendable {
        var outcome = RecordedOutcome()
        var deliveries: [Delivery] = []
        /// Sessions that were closed.
        var closed: [SessionSight] = []
        /// Whether any handlers ran.
        var ran = true
        /// Whether something is missing: too many recipients, a guard that stepped in.
        var isIncomplete = false
        /// What `hpush.shared` and attributes held before this chain changed them.
        var before: [BeforeKey: LuaValue] = [:]
        /// The loop's time.
        var nanoseconds: UInt64 = 0
    }

    enum BeforeKey: Hashable, Sendable {
        case shared(plugin: String, key: String)
        case attribute(session: UInt64, key: String)
    }

    private struct State {
        var result = Result()
        var sent = 0
        var isDone = false
        var isTold = false
    }

    /// Recipients beyond this many are not noted.
    private static let mostDeliveries = 1000

    let event: Event
    /// @unchecked: its loop's; others read its text only.
    let session: Session
    /// 0 before login.
    let handle: UInt64
    let uid: String
    let loop: Int
    /// HOST:PORT of the peer.
    let remote: String
    let generation: UInt64
    /// Grows in the order in which chains begin.
    let number: UInt64
    /// Seconds since 1970.
    let began: Double
    private let readers: [any NoteReader]
    private let state = Mutex(State())

    // The chain's loop's.
    var runsSince: UInt64 = 0
    /// The function it waits for, since when.
    var asked: (function: String, since: UInt64)?

    init(
        _ event: Event, _ session: Session, uid: String, loop: Int, remote: String, generation: UInt64, number: UInt64,
        began: Double, readers: [any NoteReader]
    ) {
        self.event = event
        self.session = session
        handle = session.handle.rawValue
        self.uid = uid
        self.loop = loop
        self.remote = remote
        self.generation = generation
        self.number = number
        self.began = began
        self.readers = readers
    }

    /// What was noted, once it is over.
    var result: Result { state.withLock(\.result) }

    func change(_ body: (inout Result) -> Void) { state.withLock { body(&$0.result) } }

    func saw(_ session: Session) {
        for reader in readers { reader.saw(SessionSight(session: session)) }
    }

    // MARK: What it sends

    /// A frame is on its way, to be told by `arrived`.
    func sends() { state.withLock { $0.sent += 1 } }

    func arrived() {
        state.withLock { $0.sent -= 1 }
        settle()
    }

    func delivered(_ frame: UnsafeRawBufferPointer, to session: Session) {
        saw(session)
        add(Delivery(session: session.handle.rawValue, uid: session.uid, frame: Array(frame)))
    }

    func closed(_ session: Session, _ reason: String) {
        saw(session)
        let sight = SessionSight(session: session)
        change { if $0.closed.count < 100 { $0.closed.append(sight) } }
        add(Delivery(session: session.handle.rawValue, uid: session.uid, frame: [], reason: reason, closes: true))
    }

    private func add(_ delivery: Delivery) {
        change { result in
            guard result.deliveries.count < Self.mostDeliveries else { return result.isIncomplete = true }
            result.deliveries.append(delivery)
        }
    }

    // MARK: Its end

    func isDone() { state.withLock { $0.isDone = true } }

    func goesOn() { state.withLock { $0.isDone = false } }

    /// Tells the readers if it is over.
    func settle() {
        let isOver = state.withLock { state in
            guard state.isDone, state.sent == 0, !state.isTold else { return false }
            state.isTold = true
            return true
        }
        if isOver { for reader in readers { reader.finished(self) } }
    }
}
