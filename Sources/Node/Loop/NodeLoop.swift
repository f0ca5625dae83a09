import CPluginBridge
import CWire
import Cluster
import HPushConfiguration
import Logging
import Messaging
import PluginHost
import Reactor

/// Everything of one event loop: its connections and sessions, its Lua state, its timers, its links to the other loops.
///
/// Frames come in through `ConnectionDelegate` (NodeLoop+Connections), are told apart by type (NodeLoop+Frames), run through the plugins
/// (NodeLoop+Plugins) and go out to sessions here or on other loops (NodeLoop+Delivery, NodeLoop+Links).
///
/// Hot properties are not checked for exclusive access, as in `Connection`.
///
/// Threads: all of it is for the loop's thread, but for `init` and what says otherwise.
final class NodeLoop: @unchecked Sendable {
    let loop: EventLoop
    let index: Int
    let shared: NodeShared
    /// `shared.routes`, without counting references to what all loops use.
    let routes: Unmanaged<RouteTable>
    let slots: SessionSlots
    let logger: Logger

    // Read on the path of every message, so kept here.
    let maximumBody: UInt32
    let writeBufferHigh: Int
    /// Beyond this many waiting bytes nothing more is taken for a session.
    let writeBufferMost: Int
    /// Redirects without any script: the benchmarks' yardstick, see `Node.Options`.
    let scriptless: Bool

    /// By target loop; nil at this one's own place.
    @exclusivity(unchecked) var links: [LoopLink?] = []
    @exclusivity(unchecked) var statistics = LoopStatistics()

    // Plugins.
    @exclusivity(unchecked) var plugins: PluginState?
    /// The same, unretained.
    @exclusivity(unchecked) var running: Unmanaged<PluginState>?
    /// Whether an outbound handler stands in the way of frames to sessions.
    @exclusivity(unchecked) var hasOutbound = false
    var hasSessionOpen = false
    var hasSessionClose = false
    var hasUndeliverable = false
    /// By `waitKey`.
    @exclusivity(unchecked) var waits: [UInt64: WaitingRun] = [:]
    /// Those of timers and spawned functions of the generation in force.
    @exclusivity(unchecked) var background: Set<UInt64> = []
    /// Handlers that go on in one of the next turns.
    var wakes = WakeQueue()
    var timers: [PluginTimer] = []

    // Generations that are not in force any more.
    var old: [OldGeneration] = []
    /// Waits of their timers and spawned functions, which end with them.
    var ending: [UInt64] = []
    var releaseScheduled = false
    var pastHandlers = HandlerTotals()
    var swapPauses = SwapPauses()
    /// Takes a state that nothing of this loop will run in again. Set before the loop starts.
    var retire: (StateReference) -> Void = { _ in }
    let input = UnsafeMutablePointer<hp_input>.allocate(capacity: 1)
    let outcome = UnsafeMutablePointer<hp_outcome>.allocate(capacity: 1)
    /// Frames that wait for the outbound chain: it cannot run inside another chain.
    @exclusivity(unchecked) var outbox: [OutboundFrame] = []
    var runsOutbox = false
    var failureLog = LogLimiter(perSecond: 5)
    var scriptLog = LogLimiter(perSecond: 100)
    var sessionLog = LogLimiter(perSecond: 20)

    // Guards. All of it is empty as long as nothing fails.
    @exclusivity(unchecked) var throttles = SessionThrottles()
    /// By plugin: when it is tried again.
    var quarantined: [Int: UInt64] = [:]
    var guardRefusals: [String: GuardRefusals] = [:]
    var guardLog = LogLimiter(perSecond: 5)
    /// Whose frame runs through the outbound chain.
    var outboundSender = SessionHandle(rawValue: 0)
    /// Set before the loop starts.
    weak var guards: PluginGuards?

    // Traces, recordings, shadows.
    /// Whether there are any.
    @exclusivity(unchecked) var isObserved = false { didSet { isAttentive = isObserved || tracking != nil } }
    @exclusivity(unchecked) var traceTaps: [TraceTap] = []
    @exclusivity(unchecked) var noteReaders: [any NoteReader] = []
    /// The chain that runs, if notes are taken of it.
    @exclusivity(unchecked) var noting: ChainNote?

    /// The trace of the message whose chain runs, if it is traced.
    @exclusivity(unchecked) var spanning: MessageTrace?
    @exclusivity(unchecked) var spanRandom = UInt64.random(in: 1 ... .max)

    // Receipts.
    @exclusivity(unchecked) var tracker: DeliveryTracker
    /// The message whose chain runs, if its sender waits for a receipt.
    @exclusivity(unchecked) var tracking: TrackedMessage? { didSet { isAttentive = isObserved || tracking != nil } }
    /// Whether the chain that runs may be observed, or its message tracked: one question for both on the way of each message.
    @exclusivity(unchecked) var isAttentive = false
    var hasAcknowledgementHandlers = false
    var receiptTimerRuns = false
    /// A message to which its server_id was added.
    @exclusivity(unchecked) var numberedFrame = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    /// Sessions of which the store is to be told what they have got.
    @exclusivity(unchecked) var telling: [SessionHandle] = []
    var storeTimerRuns = false
    /// Waits, by `waitKey`, for the store: when they take too long it is not the rules' fault.
    @exclusivity(unchecked) var storeWaits: Set<UInt64> = []
    /// The slot at which a round over all sessions goes on; nil: there is none.
    var storeRound: Int?
    /// Other nodes that did not get something that is stored.
    var missedNodes: Set<NodeID> = []

    // Connections.
    /// The delegate of those by WebSocket; nil where there is no listener. Set before the loop starts.
    var webSockets: WebSocketDoor?
    var connectionSlots = ConnectionSlots()
    var early: EarlyTraffic
    var stalled: [Connection] = []
    @exclusivity(unchecked) var paused: [SessionHandle: UInt32] = [:]
    var sweepScheduled = false
    /// Sessions a draining node has yet to close.
    var leaving: [SessionHandle] = []

    // Other nodes.
    /// nil on a node that stands alone.
    let cluster: NodeCluster?
    /// Those whose link is here.
    @exclusivity(unchecked) var peers: [NodeID: PeerLink] = [:]
    @exclusivity(unchecked) var remoteNodes = RemoteNodes()
    /// Those that scripts hold.
    var remoteSessions = RemoteSessions()
    /// What the rules in force are, by content; nil when nobody asks.
    var rulesDigest: UInt64?
    var peerRules: [NodeID: UInt64] = [:]
    var acceptor: PeerAcceptor?
    var peerLog = LogLimiter(perSecond: 1)

    let found = RouteScratch()
    /// A message rewritten before it runs through the chain.
    @exclusivity(unchecked) var rewritten = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)

    init(loop: EventLoop, shared: NodeShared, scriptless: Bool) {
        self.loop = loop
        self.shared = shared
        routes = .passUnretained(shared.routes)
        self.scriptless = scriptless
        cluster = shared.cluster
        index = loop.index
        slots = shared.slots[loop.index]
        let chat = shared.configuration.chat
        maximumBody = UInt32(chat.maxFrameBytes)
        writeBufferHigh = chat.writeBufferHigh
        writeBufferMost = chat.writeBufferHigh * 2
        early = EarlyTraffic(mostFrames: shared.configuration.limits.framesBeforeLogin)
        tracker = DeliveryTracker(patience: UInt64(chat.receiptSeconds) * 1_000_000_000)
        var logger = shared.logger
        logger[metadataKey: "loop"] = "\(loop.index)"
        self.logger = logger
        input.initialize(to: hp_input())
        outcome.initialize(to: hp_outcome())
    }

    deinit {
        input.deallocate()
        outcome.deallocate()
        rewritten.deallocate()
        numberedFrame.deallocate()
    }

    /// What a loop's connections may use.
    static func connectionLimits(_ chat: ChatSection) -> ConnectionLimits {
        ConnectionLimits(
            writeBufferHigh: chat.writeBufferHigh, writeBufferLow: chat.writeBufferHigh / 2,
            // Above what `writeBufferMost` lets in: one frame, and the answers to what was read at once.
            hardCap: chat.writeBufferHigh * 2 + chat.maxFrameBytes * 2 + (1 << 20),
            inputCap: chat.maxFrameBytes + (1 << 20), readSize: 64 << 10)
    }

    func link(to loop: Int) -> LoopLink? { loop < links.count ? links[loop] : nil }
}
