import Dispatch
import Glibc
import Reactor
import TestSupport
import Testing

/// A running loop and what tests do with one.
final class LoopFixture: Sendable {
    let loop: EventLoop

    init(index: Int = 0, limits: ConnectionLimits = ConnectionLimits()) throws {
        loop = try EventLoop(index: index, name: "test-\(index)", limits: limits)
        try loop.start()
    }

    /// Runs `body` on the loop and waits for it.
    func run<T>(_ body: @escaping @Sendable (EventLoop) -> T) -> T? {
        let result = Locked<T?>(nil)
        let done = DispatchSemaphore(value: 0)
        loop.execute { [loop] in
            result.value = body(loop)
            done.signal()
        }
        #expect(done.wait(timeout: .now() + 30) == .success)
        return result.value
    }

    /// The test's end of a socket pair whose other end the loop has adopted.
    func connect(_ make: @escaping @Sendable (Connection) -> (any ConnectionDelegate)?) throws -> BlockingSocket {
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else { throw SocketFailure(code: errno) }
        loop.adopt(ends[0], make: make)
        return BlockingSocket(ends[1])
    }

    func stop() {
        loop.stop()
        loop.join()
    }
}
