import CReactor
import Glibc

/// One attempt to connect to a HOST:PORT, trying its addresses one after the other. Made by `EventLoop.connect`; loop-only.
public final class Connector: EventSource, TimerTarget, @unchecked Sendable {
    // @unchecked: other threads only carry it back to its loop.
    private static let mostAddresses = 8

    private let loop: EventLoop
    private let shown: String
    private let make: (Connection) -> (any ConnectionDelegate)?
    private let failed: (ReactorError) -> Void
    private let filter: FilterSource?
    private var addresses: ArraySlice<creactor_address> = []
    private var descriptor: Int32 = -1
    private var timer: TimerID?
    private var lastError: ReactorError?
    private var isOver = false

    init(
        on loop: EventLoop, host: String, port: Int, timeoutMilliseconds: Int, filter: FilterSource?,
        make: @escaping (Connection) -> (any ConnectionDelegate)?, failed: @escaping (ReactorError) -> Void
    ) {
        self.loop = loop
        self.make = make
        self.filter = filter
        self.failed = failed
        shown = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        super.init()
        timer = loop.scheduleTimer(afterMilliseconds: timeoutMilliseconds, self)
        guard let port = UInt16(exactly: port), port != 0, !host.isEmpty else {
            later(ReactorError("connect to \(shown)", code: EINVAL))
            return
        }
        switch Self.resolve(host, port, numeric: true) {
        case .success(let found): begin(found)
        case .failure: resolveElsewhere(host, port)
        }
    }

    /// Gives up; neither closure is called any more. Does nothing when the attempt is over.
    public func cancel() {
        loop.assertInLoop()
        if !isOver { end() }
    }

    // MARK: Steps

    /// A name: the resolver blocks, so a thread of its own asks it.
    private func resolveElsewhere(_ host: String, _ port: UInt16) {
        let box = Unmanaged.passRetained(Lookup(self, host, port))
        var thread = pthread_t()
        let result = creactor_thread_start(
            &thread, "resolve", 0,
            { argument in
                guard let argument else { return }
                Unmanaged<Lookup>.fromOpaque(argument).takeRetainedValue().run()
            }, box.toOpaque())
        guard result == 0 else {
            box.release()
            return later(ReactorError("connect to \(shown)", code: result))
        }
        pthread_detach(thread)
    }

    private func begin(_ found: [creactor_address]) {
        if isOver { return }
        addresses = found[...]
        tryNext()
    }

    private func tryNext() {
        while let address = addresses.popFirst() {
            let result = withUnsafePointer(to: address) { creactor_connect($0) }
            if result < 0 {
                lastError = ReactorError("connect to \(shown)", code: result)
                continue
            }
            do {
                try loop.add(self, result, CREACTOR_WRITABLE)
                descriptor = result
                return
            } catch {
                lastError = error as? ReactorError
                _ = creactor_close(result)
            }
        }
        later(lastError ?? ReactorError("connect to \(shown)", code: EADDRNOTAVAIL))
    }

    override func ready(_ events: UInt32) {
        guard descriptor >= 0, !isOver else { return }
        let result = creactor_connect_result(descriptor)
        let socket = descriptor
        loop.remove(self, socket)
        descriptor = -1
        guard result == 0 else {
            _ = creactor_close(socket)
            lastError = ReactorError("connect to \(shown)", code: result)
            return tryNext()
        }
        end()
        loop.adoptNow(socket, filter, make)
    }

    public func timerFired(tag: UInt32, loop: EventLoop) {
        if isOver { return }
        timer = nil
        fail(lastError ?? ReactorError("connect to \(shown)", code: ETIMEDOUT))
    }

    override func loopStopping() { cancel() }

    /// Never inside the call that began it.
    private func later(_ error: ReactorError) {
        loop.execute { [self] in fail(error) }
    }

    private func fail(_ error: ReactorError) {
        if isOver { return }
        end()
        failed(error)
    }

    private func end() {
        isOver = true
        if let timer { loop.cancelTimer(timer) }
        timer = nil
        guard descriptor >= 0 else { return }
        loop.remove(self, descriptor)
        _ = creactor_close(descriptor)
        descriptor = -1
    }

    // MARK: Names

    private static func resolve(_ host: String, _ port: UInt16, numeric: Bool) -> Result<[creactor_address], ReactorError> {
        var error: Int32 = 0
        let found = withUnsafeTemporaryAllocation(of: creactor_address.self, capacity: mostAddresses) { room in
            let count = creactor_resolve(host, port, numeric ? 1 : 0, room.baseAddress, Int32(mostAddresses), &error)
            return count < 0 ? [] : Array(room.prefix(Int(count)))
        }
        if error != 0 { return .failure(ReactorError("resolve \(host)", resolving: error)) }
        return .success(found)
    }

    private final class Lookup {
        private let connector: Connector
        private let host: String
        private let port: UInt16

        init(_ connector: Connector, _ host: String, _ port: UInt16) {
            self.connector = connector
            self.host = host
            self.port = port
        }

        func run() {
            let connector = connector
            let found = Connector.resolve(host, port, numeric: false)
            connector.loop.execute {
                switch found {
                case .success(let addresses): connector.begin(addresses)
                case .failure(let error): connector.fail(error)
                }
            }
        }
    }
}

extension EventLoop {
    /// Connects to an address or a name. Exactly one of the closures is called, on the loop, later: `make` with the connection (give its
    /// delegate, or nil to drop it), or `failed` with the reason; neither after `Connector.cancel` or when the loop stops. Loop-only.
    ///
    /// - Parameters:
    ///   - timeoutMilliseconds: for the whole attempt, resolving included; a filter's handshake has its own limit.
    ///   - filter: makes the connection's filter, on the loop.
    @discardableResult
    public func connect(
        host: String, port: Int, timeoutMilliseconds: Int = 10_000, filter: FilterSource? = nil,
        make: @escaping (Connection) -> (any ConnectionDelegate)?,
        failed: @escaping (ReactorError) -> Void
    ) -> Connector {
        assertInLoop()
        return Connector(
            on: self, host: host, port: port, timeoutMilliseconds: timeoutMilliseconds, filter: filter, make: make, failed: failed)
    }
}
