import Dispatch
import Reactor
import Synchronization

/// A record of 100 bytes from one event loop to another, sent as the node does: some in each tick. CPU time of both loops.
enum LinkPiece {
    private static let inTick = 256

    private final class Receiver: LoopLinkDelegate {
        private let done: DispatchSemaphore
        private let expected = Atomic<Int>(0)
        private var received = 0

        init(_ done: DispatchSemaphore) { self.done = done }

        func expect(_ count: Int) { expected.store(count, ordering: .releasing) }

        func received(_ record: LinkRecord, from link: LoopLink) {
            received += 1
            if received == expected.load(ordering: .acquiring) {
                received = 0
                done.signal()
            }
        }
    }

    /// Sends from the source's thread, at most a few ticks ahead of the receiver.
    private final class Sender: @unchecked Sendable {
        // @unchecked: used on the source loop only.
        let link: LoopLink
        var left = 0
        private let payload = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 16)

        init(_ link: LoopLink) { self.link = link }

        deinit { payload.deallocate() }

        func send() {
            if link.outstandingBytes < 1 << 20 {
                for _ in 0..<min(left, LinkPiece.inTick) { link.send(a: 1, b: 2, kind: 1, payload: UnsafeRawBufferPointer(payload)) }
                left -= min(left, LinkPiece.inTick)
            }
            if left > 0 { link.source.execute { self.send() } }
        }
    }

    static func run() throws -> [Row] {
        let done = DispatchSemaphore(value: 0)
        let loops = [try EventLoop(index: 0, name: "source"), try EventLoop(index: 1, name: "target")]
        let receiver = Receiver(done)
        let sender = Sender(LoopLink(from: loops[0], to: loops[1], delegate: receiver))
        for loop in loops { try loop.start() }
        let row = Rounds.measure("record to another loop", operations: 512_000, clock: CPUClock.process) { operations in
            receiver.expect(operations)
            loops[0].execute {
                sender.left = operations
                sender.send()
            }
            done.wait()
        }
        for loop in loops { loop.stop() }
        for loop in loops { loop.join() }
        return [row]
    }
}
