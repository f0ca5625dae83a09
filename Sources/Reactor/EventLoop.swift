import CReactor
import Glibc
import Measures
import Synchronization

/// One thread that waits for descriptors and owns what hangs on them: the data path's reactor. It knows bytes, not messages.
///
/// One tick:
///
///     epoll_wait ──► now = clock            (asleep: -1 without timers, else until the next one; 0 when work is left)
///         │
///         ▼
///     1. events       each readable connection: one recv into the loop's one read buffer; when some have gathered there
///         │           or the events are over, all of them ──► delegate.received
///         │           each writable one: marked dirty;  listeners accept, signals call
///         ▼
///     2. inbox        tasks of `execute` and record batches of other loops, in one order
///         ▼
///     3. timers       what the wheel has due
///         ▼
///     4. resumed      kept input of connections whose reading goes on ──► delegate.received
///         │           handshakes of filtered connections, for a bounded time
///         ▼
///     5. tick's end   observers (`afterTick`), then batches for other loops are handed over
///         ▼
///     6. flush        each dirty connection once: send what waits ──► delegate.drained
///         ▼
///     7. closed       ──► delegate.closed, descriptor and memory freed: no stale event of this tick can hit them
///
/// Memory: the read buffer is the loop's, output pieces come from its pool and exist while bytes wait, a connection
/// keeps input only while part of a frame waits. After a mass departure the heap is given back to the kernel.
///
/// Threads: only what says "any thread" may be called elsewhere. All other members are for the loop's thread, or for
/// set-up before `start()`; debug builds check it.
public final class EventLoop: @unchecked Sendable {
    public let index: Int
    public let name: String
    public let limits: ConnectionLimits

    /// Monotonic nanoseconds when this tick began.
    public internal(set) var now: UInt64 {
        get { clock.pointee }
        set { clock.pointee = newValue }
    }
    /// Where `now` lies, for those who read it from C. As long as the loop.
    public let clock: UnsafeMutablePointer<UInt64>
    /// `now` in milliseconds, wrapping after 49 days: compare with `&-`. Starts anywhere.
    @exclusivity(unchecked) public internal(set) var milliseconds: UInt32

    let epoll: Int32
    let inbox: Inbox
    let readBuffer: UnsafeMutableRawPointer
    // Held without counting: two atomic operations for each read and each piece would be a hundredth of a message's time.
    /// What the events of this tick brought and nobody has looked at yet: see `ReadBatch`.
    let reads: Unmanaged<ReadBatch>
    let readSize: Int
    let pool = Unmanaged.passRetained(OutputPool())
    let wheel: TimerWheel
    let counter: UnsafeMutablePointer<LoopCounters>
    /// How many ticks took how long, by `DurationHistogram`'s buckets, and behind them all their nanoseconds.
    let tickTimes: UnsafeMutablePointer<UInt64>
    /// From so many waiting bytes a write looks closer.
    let attention: UInt32
    let housekeeping = Housekeeping()
    let handshakes = Handshakes()
    /// Where bytes for filters are read into; made with the first one.
    var filterRoom: UnsafeMutableRawPointer?

    @exclusivity(unchecked) var dirty: Unmanaged<Connection>?
    @exclusivity(unchecked) var connections: ContiguousArray<Connection> = []
    @exclusivity(unchecked) var closed: ContiguousArray<Connection> = []
    @exclusivity(unchecked) var resumed: ContiguousArray<Connection> = []
    var sources: [ObjectIdentifier: EventSource] = [:]
    var retiredSources: [EventSource] = []
    var observers: [any TickObserver] = []
    @exclusivity(unchecked) var touchedLinks: ContiguousArray<LoopLink> = []
    @exclusivity(unchecked) var flushes: ContiguousArray<NotedFlush> = []
    @exclusivity(unchecked) var items: ContiguousArray<Inbox.Item> = []
    var scratchRoom: UnsafeMutableRawPointer?
    var scratchSize = 0
    var peakConnections = 0
    /// Events taken at once at most, from 1: few make short ticks, for somebody who waits for this loop's next one.
    @exclusivity(unchecked) public var eventLimit = eventRoom
    @exclusivity(unchecked) var stillstand = Stillstand()
    /// 0 runs; else the time (ns) at which what is still open is cut off.
    var stopDeadline: UInt64 = 0

    private let threadNumber = Atomic<UInt64>(0)
    private let phase = Atomic<UInt8>(0)
    private let threadHandle = Mutex<pthread_t?>(nil)

    /// - Parameters:
    ///   - index: the owner's number for it.
    ///   - name: the thread's; 15 bytes count.
    /// - Throws: `ReactorError` when the kernel gives no descriptors.
    public init(index: Int, name: String, limits: ConnectionLimits = ConnectionLimits()) throws {
        creactor_ignore_sigpipe()
        let wake = creactor_eventfd()
        if wake < 0 { throw ReactorError("make an eventfd for loop \(name)", code: wake) }
        inbox = Inbox(eventDescriptor: wake)
        epoll = creactor_epoll_create()
        if epoll < 0 { throw ReactorError("make an epoll descriptor for loop \(name)", code: epoll) }
        self.index = index
        self.name = name
        self.limits = limits
        clock = .allocate(capacity: 1)
        let now = creactor_now()
        clock.initialize(to: now)
        milliseconds = UInt32(truncatingIfNeeded: now / 1_000_000)
        readSize = limits.readSize
        readBuffer = .allocate(byteCount: ReadBatch.room + limits.readSize + Connection.smallKept + FilteredConnection.slack, alignment: 64)
        reads = .passRetained(ReadBatch(events: Self.eventRoom))
        attention = UInt32(min(128 << 10, limits.writeBufferHigh))
        wheel = TimerWheel(current: now >> Self.wheelShift)
        counter = .allocate(capacity: 1)
        counter.initialize(to: LoopCounters())
        tickTimes = .allocate(capacity: DurationHistogram.size + 1)
        tickTimes.initialize(repeating: 0, count: DurationHistogram.size + 1)
        let registered = creactor_epoll_add(
            epoll, wake, CREACTOR_READABLE | CREACTOR_EDGE, Self.wakeCookie)
        if registered < 0 { throw ReactorError("register loop \(name)'s eventfd", code: registered) }
    }

    deinit {
        _ = creactor_close(epoll)
        reads.release()
        pool.release()
        readBuffer.deallocate()
        counter.deallocate()
        tickTimes.deallocate()
        clock.deallocate()
        scratchRoom?.deallocate()
        filterRoom?.deallocate()
    }

    /// A racy copy of the counters; any thread.
    public var counters: LoopCounters {
        var copy = counter.pointee
        copy.wakeups = inbox.wakeupCount
        return copy
    }

    /// How long ticks took: what came in the meantime waited for so long at most. A racy copy; any thread.
    public var ticksTook: DurationHistogram {
        DurationHistogram(counts: (0..<DurationHistogram.size).map { tickTimes[$0] }, total: tickTimes[DurationHistogram.size])
    }

    /// Begins a new window for `LoopCounters.longestTick`.
    public func resetLongestTick() { counter.pointee.longestTick = 0 }

    // MARK: - Life

    /// Starts the thread; once. Any thread.
    public func start() throws {
        let (exchanged, _) = phase.compareExchange(expected: 0, desired: 1, ordering: .acquiringAndReleasing)
        guard exchanged else { throw ReactorError("start loop \(name) twice", code: EALREADY) }
        let box = Unmanaged.passRetained(self)
        var handle = pthread_t()
        let result = creactor_thread_start(
            &handle, name, 0,
            { argument in
                guard let argument else { return }
                Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().threadBody()
            }, box.toOpaque())
        if result < 0 {
            box.release()
            phase.store(3, ordering: .releasing)
            throw ReactorError("start the thread of loop \(name)", code: result)
        }
        let started = handle
        threadHandle.withLock { $0 = started }
    }

    /// Ends the loop: listeners close, waiting tasks run, connections get `closeLinger` to take what waits for them and
    /// close with `.shutdown`. Returns at once; any thread. `join()` waits.
    public func stop() {
        execute { [unowned self] in
            if stopDeadline == 0 { beginStopping() }
        }
    }

    /// Waits for the thread to end. Any thread but the loop's; the first call waits, later ones may return early.
    public func join() {
        let handle = threadHandle.withLock { handle in
            defer { handle = nil }
            return handle
        }
        if let handle { pthread_join(handle, nil) }
    }

    private func threadBody() {
        threadNumber.store(creactor_thread_self(), ordering: .relaxed)
        phase.store(2, ordering: .releasing)
        run()
        phase.store(3, ordering: .releasing)
    }

    /// Whether the caller is on the loop's thread. Any thread.
    public var inLoop: Bool { threadNumber.load(ordering: .relaxed) == creactor_thread_self() }

    /// Debug builds stop when called elsewhere than on the loop's thread, or before it starts.
    @inline(__always)
    public func assertInLoop() {
        assert(inLoop || phase.load(ordering: .relaxed) == 0, "only for the thread of loop \(name)")
    }

    // MARK: - Tasks

    /// Runs a task on the loop, after all tasks given before. Any thread; never runs it at once.
    ///
    /// - Returns: false when the loop has ended: the task will not run.
    @discardableResult
    public func execute(_ task: @escaping @Sendable () -> Void) -> Bool { inbox.append(.task(task)) }

    func enqueue(_ batch: UnsafeMutablePointer<LinkBatch>) -> Bool { inbox.append(.batch(batch)) }

    /// Calls `observer` at each tick's end from now on; it is held.
    public func afterTick(_ observer: any TickObserver) {
        assertInLoop()
        observers.append(observer)
    }

    /// Not any more.
    public func removeAfterTick(_ observer: any TickObserver) {
        assertInLoop()
        observers.removeAll { $0 === observer }
    }

    func touched(_ link: LoopLink) { touchedLinks.append(link) }
}
