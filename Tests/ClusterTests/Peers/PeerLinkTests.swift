import Dispatch
import Glibc
import Reactor
import Synchronization
import Testing

@testable import Cluster

/// Links over loopback: whatever happens to the connections, records arrive once and in order.
@Suite struct PeerLinkTests {
    /// One side's loop with what it saw.
    private final class Side: PeerReceiver, PeerLinkDelegate, @unchecked Sendable {
        let loop: EventLoop
        let id: NodeID
        let records = Mutex<[OwnedRecord]>([])
        let errors = Mutex<[PeerProtocolError]>([])
        let undelivered = Mutex<[UInt64]>([])
        var acceptor: PeerAcceptor?
        var listener: Listener?
        var link: PeerLink?
        let members = Mutex<Set<NodeID>>([NodeID(1), NodeID(2)])

        init(_ id: UInt32) throws {
            self.id = NodeID(id)
            loop = try EventLoop(index: 0, name: "peer-\(id)")
            try loop.start()
        }

        func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result? {
            let result = Mutex<Result?>(nil)
            let done = DispatchSemaphore(value: 0)
            loop.execute {
                let value = body()
                result.withLock { $0 = value }
                done.signal()
            }
            #expect(done.wait(timeout: .now() + 30) == .success)
            return result.withLock { $0 }
        }

        func listen(secret: String = "secret", port: Int = 0) -> Int {
            run { [self] in
                let id = self.id
                let acceptor = PeerAcceptor(
                    loop: loop, secret: secret, limits: PeerLimits(backlog: 1 << 20, frame: 1 << 20), own: { id },
                    isMember: { node in self.members.withLock { $0.contains(node) } }, receiver: self)
                self.acceptor = acceptor
                listener = try? Listener(spreadingOver: [loop], host: "127.0.0.1", port: port) { acceptor.accept($0) }
                try? listener?.open()
                return listener?.port ?? 0
            } ?? 0
        }

        func dial(_ port: Int, secret: String = "secret", wanted: UInt32 = 2, backlog: Int = 1 << 20, hold: Int = 30_000) {
            _ = run { [self] in
                let id = self.id
                var limits = PeerLimits(backlog: backlog, frame: 1 << 20)
                limits.holdMilliseconds = hold
                let link = PeerLink(
                    loop: loop, to: PeerAddress(id: NodeID(wanted), host: "127.0.0.1", port: port), own: { id }, secret: secret,
                    limits: limits, delegate: self)
                self.link = link
                link.start()
            }
        }

        func send(_ numbers: ClosedRange<UInt64>) -> Int {
            run { [self] in
                numbers.reduce(0) { taken, number in OwnedRecord(number: number).with { link?.send($0) == true } ? taken + 1 : taken }
            } ?? 0
        }

        func received(_ record: PeerRecord, from node: NodeID) { records.withLock { $0.append(OwnedRecord(record)) } }
        func refused(_ error: PeerProtocolError, remote: String) { errors.withLock { $0.append(error) } }
        func opened(_ link: PeerLink) {}
        func down(_ link: PeerLink, _ error: PeerProtocolError) { errors.withLock { $0.append(error) } }
        func undelivered(_ record: PeerRecord, _ link: PeerLink) { undelivered.withLock { $0.append(record.number) } }

        func stop() {
            _ = run { [self] in link?.stop() }
            loop.stop()
            loop.join()
        }
    }

    private func wait(_ what: String, seconds: Double = 120, until condition: () -> Bool) {
        let end = DispatchTime.now() + seconds
        while !condition() {
            if DispatchTime.now() > end {
                Issue.record("\(what) did not happen")
                return
            }
            usleep(2000)
        }
    }

    @Test func recordsArriveInOrderAndAreAcknowledged() throws {
        let (a, b) = (try Side(1), try Side(2))
        defer {
            a.stop()
            b.stop()
        }
        a.dial(b.listen())
        #expect(a.send(1...5000) == 5000)
        wait("all records") { b.records.withLock { $0.count } == 5000 }
        #expect(b.records.withLock { $0.map(\.number) } == Array(1...5000))
        wait("the acknowledgement") { a.run { a.link?.waiting } == 0 }
    }

    @Test func nothingIsLostOrDoubledWhenConnectionsBreak() throws {
        let (a, b) = (try Side(1), try Side(2))
        defer {
            a.stop()
            b.stop()
        }
        a.dial(b.listen())
        var next: UInt64 = 1
        for _ in 0..<40 {
            #expect(a.send(next...next + 99) == 100)
            next += 100
            // Cuts whatever is there, in the middle of what it does.
            _ = b.run { b.acceptor?.cutForTest() }
            if next % 500 == 1 { usleep(60_000) }
        }
        wait("all records") { b.records.withLock { $0.count } >= 4000 }
        usleep(50_000)
        #expect(b.records.withLock { $0.map(\.number) } == Array(1...4000))
    }

    @Test func aBacklogThatIsFullTakesNothingMore() throws {
        let a = try Side(1)
        defer { a.stop() }
        a.dial(1, backlog: 10_000)
        let taken = a.send(1...1000)
        #expect(taken > 100 && taken < 1000)
    }

    @Test func whatANodeDidNotGetIsToldWhenItIsGone() throws {
        let a = try Side(1)
        defer { a.stop() }
        a.dial(1)
        #expect(a.send(1...3) == 3)
        _ = a.run { a.link?.stop() }
        #expect(a.undelivered.withLock { $0 } == [1, 2, 3])
        #expect(a.send(4...4) == 0)
    }

    @Test func whatWaitsTooLongIsGivenUpAndTheLinkGoesOn() throws {
        let (a, b) = (try Side(1), try Side(2))
        defer {
            a.stop()
            b.stop()
        }
        let port = b.listen()
        _ = b.run { b.listener?.close() }
        a.dial(port, hold: 300)
        #expect(a.send(1...3) == 3)
        wait("giving up") { a.undelivered.withLock { $0 } == [1, 2, 3] }
        #expect(b.listen(port: port) == port)
        wait("the link") { a.run { a.link?.isOpen } == true }
        #expect(a.send(4...6) == 3)
        wait("the later ones") { b.records.withLock { $0.count } == 3 }
        #expect(b.records.withLock { $0.map(\.number) } == [4, 5, 6])
    }

    @Test func aWrongSecretOrNodeGetsNowhere() throws {
        let (a, b) = (try Side(1), try Side(2))
        defer {
            a.stop()
            b.stop()
        }
        let port = b.listen(secret: "another")
        a.dial(port)
        wait("the refusal") { a.errors.withLock { $0.contains(.wrongSecret) } }
        _ = a.run { a.link?.stop() }
        let c = try Side(1)
        defer { c.stop() }
        c.dial(port, secret: "another", wanted: 7)
        wait("the other node") { c.errors.withLock { $0.contains(.anotherNode(NodeID(2))) } }
        #expect(b.records.withLock { $0.isEmpty })
    }

    @Test func aNodeWhoseRegistrationIsGoneIsCutOffUntilItIsBack() throws {
        let (a, b) = (try Side(1), try Side(2))
        defer {
            a.stop()
            b.stop()
        }
        a.dial(b.listen())
        #expect(a.send(1...1) == 1)
        wait("the first") { b.records.withLock { $0.count } == 1 }
        b.members.withLock { _ = $0.remove(NodeID(1)) }
        _ = b.run { b.acceptor?.gone(NodeID(1)) }
        wait("the refusal") { a.errors.withLock { $0.contains(.refused("node 1 is not registered")) } }
        #expect(a.send(2...2) == 1)
        usleep(100_000)
        #expect(b.records.withLock { $0.count } == 1)
        b.members.withLock { _ = $0.insert(NodeID(1)) }
        wait("the second") { b.records.withLock { $0.count } == 2 }
    }
}
