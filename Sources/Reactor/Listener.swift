import CReactor
import Glibc

/// A listening TCP socket on one loop. Whoever is told of an accepted descriptor owns it.
///
/// When the process is out of descriptors (or memory for sockets) it stops accepting for 100 ms: nobody is refused, the
/// backlog waits, and the loop does not spin.
public final class Listener: EventSource, TimerTarget {
    /// The port in use, also when 0 was asked for.
    public let port: Int
    public let host: String
    /// Accepted so far; loop-only.
    public private(set) var accepted = 0
    /// Times accepting paused for lack of descriptors; loop-only.
    public private(set) var exhaustions = 0
    /// Told at each such pause, with the errno; loop-only.
    public var exhausted: ((ReactorError) -> Void)?

    private static let batch = 64
    private static let pause = 100

    private unowned let loop: EventLoop
    private var descriptor: Int32
    private var listening = false
    private let take: (Int32) -> Void
    /// The system call; tests let it fail.
    var acceptOne: (Int32) -> Int32 = { creactor_accept($0) }

    /// Binds and listens; nothing is accepted before `open()`. Any thread. May block when `host` is a name.
    ///
    /// - Parameters:
    ///   - host: an IPv4 or IPv6 address or a name; empty: every address.
    ///   - port: 0 for any free one.
    ///   - reusePort: SO_REUSEPORT, for a listener a loop on the same port.
    ///   - take: called on the loop with each accepted descriptor (non-blocking, TCP_NODELAY).
    /// - Throws: `ReactorError` naming the address.
    public init(
        on loop: EventLoop, host: String, port: Int, backlog: Int = 4096, reusePort: Bool = false,
        take: @escaping (Int32) -> Void
    ) throws {
        let shown = host.contains(":") ? "[\(host)]:\(port)" : "\(host.isEmpty ? "*" : host):\(port)"
        guard let number = UInt16(exactly: port) else { throw ReactorError("listen on \(shown)", code: EINVAL) }
        var resolveError: Int32 = 0
        let descriptor = creactor_listen(host, number, Int32(clamping: backlog), reusePort ? 1 : 0, &resolveError)
        if resolveError != 0 { throw ReactorError("listen on \(shown)", resolving: resolveError) }
        if descriptor < 0 { throw ReactorError("listen on \(shown)", code: descriptor) }
        self.loop = loop
        self.host = host
        self.descriptor = descriptor
        self.port = Int(creactor_local_port(descriptor))
        self.take = take
        super.init()
    }

    /// A listener that hands each connection to the next of `loops` in turn; it runs on the first of them.
    ///
    /// - Parameters:
    ///   - filter: makes a connection's filter, on its loop; nil: there is none.
    ///   - make: called on the connection's loop; gives its delegate, or nil to refuse.
    public convenience init(
        spreadingOver loops: [EventLoop], host: String, port: Int, backlog: Int = 4096, filter: FilterSource? = nil,
        make: @escaping @Sendable (Connection) -> (any ConnectionDelegate)?
    ) throws {
        guard let first = loops.first else { throw ReactorError("listen on \(host):\(port) without a loop", code: EINVAL) }
        var turn = 0
        try self.init(on: first, host: host, port: port, backlog: backlog) { descriptor in
            let loop = loops[turn]
            turn = turn + 1 == loops.count ? 0 : turn + 1
            loop.adopt(descriptor, filter: filter, make: make)
        }
    }

    deinit {
        if descriptor >= 0 { _ = creactor_close(descriptor) }
    }

    /// Begins to accept; the loop holds the listener from now on. Loop-only.
    public func open() throws {
        guard descriptor >= 0, !listening else { return }
        try loop.add(self, descriptor, CREACTOR_READABLE)
        listening = true
    }

    /// Stops accepting and closes the socket; whoever waits in the backlog is reset. Loop-only.
    public func close() {
        guard descriptor >= 0 else { return }
        if listening { loop.remove(self, descriptor) }
        _ = creactor_close(descriptor)
        descriptor = -1
    }

    override func ready(_ events: UInt32) {
        var rest = Self.batch
        while rest > 0, descriptor >= 0 {
            rest -= 1
            let result = acceptOne(descriptor)
            switch -result {
            case EAGAIN: return
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return pauseAccepting(result)
            // One that went while it waited, or a passing trouble of the network: the next one is another matter.
            case 1...: continue
            default:
                accepted += 1
                take(result)
            }
        }
    }

    override func loopStopping() { close() }

    private func pauseAccepting(_ code: Int32) {
        exhaustions += 1
        _ = creactor_epoll_change(loop.epoll, descriptor, 0, EventLoop.cookie(self))
        _ = loop.scheduleTimer(afterMilliseconds: Self.pause, self)
        exhausted?(ReactorError("accept on port \(port)", code: code))
    }

    public func timerFired(tag: UInt32, loop: EventLoop) {
        guard descriptor >= 0 else { return }
        _ = creactor_epoll_change(loop.epoll, descriptor, CREACTOR_READABLE, EventLoop.cookie(self))
    }
}
