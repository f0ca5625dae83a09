import Dispatch
import Glibc
import Reactor
import TLS

/// Connects, logs in, lets the pairs talk and counts. Its state belongs to the loop once that has started.
final class LoadRun: @unchecked Sendable {
    // @unchecked: see above; `run` touches the loop's state by tasks on it only.
    let options: GeneratorOptions
    var result = LoadResult()
    private(set) var isSending = false
    private var isMeasuring = false
    private var ended = false
    private let loop: EventLoop
    private let door: TLSDoor?
    private var talkers: [Talker] = []
    private let allLoggedIn = DispatchSemaphore(value: 0)

    init(_ options: GeneratorOptions) throws {
        self.options = options
        loop = try EventLoop(index: 0, name: "generator")
        door =
            options.transport.isSecure
            ? try TLSDoor(
                "generator", .client(.authorities),
                TLSMaterial.load(TLSFiles(section: "generator", certificate: nil, key: nil, authorities: options.authorities)))
            : nil
        result.label = options.label
        result.connections = options.connections
        result.window = options.window
    }

    func run() throws -> LoadResult {
        DescriptorLimit.raise()
        talkers = (0..<options.connections).map { Talker($0, self) }
        for (index, talker) in talkers.enumerated() { talker.partner = talkers[index ^ 1] }
        try loop.start()
        let begin = DispatchTime.now().uptimeNanoseconds
        var filter: FilterSource?
        if let door { filter = { door.filter() } }
        for place in talkers.indices {
            nonisolated(unsafe) let talker = talkers[options.halfCrossing ? crossingOrder(place) : place]
            let descriptor = try connect(talker.isSecond ? options.secondPort : options.port)
            loop.adopt(descriptor, filter: filter) { connection in
                talker.logIn(connection)
                return talker
            }
        }
        guard allLoggedIn.wait(timeout: .now() + 20) == .success else {
            throw GeneratorOptions.Failure(description: "not all of \(options.connections) connections were logged in after 20 s")
        }
        result.loginSeconds = Double(DispatchTime.now().uptimeNanoseconds - begin) / 1e9
        // Nodes of a cluster know of each other's sessions a moment later.
        if options.secondPort != 0 { usleep(500_000) }
        measure()
        loop.stop()
        loop.join()
        return result
    }

    /// In every second four connections the middle two change places.
    private func crossingOrder(_ place: Int) -> Int {
        let other = place & 4 != 0 && [1, 2].contains(place & 3) ? place ^ 3 : place
        return other < talkers.count ? other : place
    }

    private func measure() {
        onLoop {
            self.isSending = true
            for talker in self.talkers { for _ in 0..<self.options.window { talker.send() } }
        }
        usleep(UInt32(options.warmup * 1e6))
        onLoop { self.isMeasuring = true }
        let begin = (DispatchTime.now().uptimeNanoseconds, serverTime)
        usleep(UInt32(options.duration * 1e6))
        onLoop { self.isMeasuring = false }
        let end = (DispatchTime.now().uptimeNanoseconds, serverTime)
        onLoop { self.isSending = false }
        result.seconds = Double(end.0 - begin.0) / 1e9
        if let first = begin.1, let last = end.1 { result.serverCPU = last - first }
        drain()
        onLoop { self.ended = true }
    }

    /// Of all servers together; nil when one is unknown.
    private var serverTime: Double? {
        if options.processes.isEmpty { return nil }
        return options.processes.reduce(0) { total, process in total.flatMap { total in ServerTime.read(process).map { total + $0 } } }
    }

    /// Waits for what is under way, as long as something arrives.
    private func drain() {
        var before = -1
        while true {
            nonisolated(unsafe) var now = (sent: 0, received: 0)
            onLoop { now = (self.result.sent, self.result.received) }
            if now.sent == now.received || now.received == before { return }
            before = now.received
            usleep(500_000)
        }
    }

    private func onLoop(_ task: @escaping @Sendable () -> Void) {
        let done = DispatchSemaphore(value: 0)
        loop.execute {
            task()
            done.signal()
        }
        done.wait()
    }

    private func connect(_ port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard descriptor >= 0, inet_pton(AF_INET, options.host, &address.sin_addr) == 1 else {
            throw GeneratorOptions.Failure(description: "no socket for \(options.host): IPv4 addresses only")
        }
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) }
        }
        guard status == 0 else {
            let reason = String(cString: strerror(errno))
            _ = close(descriptor)
            throw GeneratorOptions.Failure(description: "\(options.host):\(port) refuses connections: \(reason)")
        }
        return descriptor
    }

    // MARK: On the loop

    func loggedIn(_ accepted: Bool) {
        if accepted { result.loggedIn += 1 }
        if result.loggedIn == options.connections { allLoggedIn.signal() }
    }

    @inline(__always)
    func arrived() {
        result.received += 1
        if isMeasuring { result.messages += 1 }
    }

    func closed() {
        if !ended { result.closed += 1 }
    }
}
