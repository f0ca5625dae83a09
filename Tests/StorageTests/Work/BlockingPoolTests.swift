import Foundation
import Synchronization
import Testing

@testable import Storage

@Suite struct BlockingPoolTests {
    @Test func runsJobsInOrderAndEndsWithThem() {
        let pool = BlockingPool(threads: 1, capacity: 1000)
        let log = Mutex<[Int]>([])
        for number in 0..<1000 { #expect(pool.submit { log.withLock { $0.append(number) } }) }
        pool.shutDown()
        #expect(log.withLock { $0 } == Array(0..<1000))
        #expect(!pool.submit {})
    }

    @Test func refusesWhenFull() async throws {
        let pool = BlockingPool(threads: 1, capacity: 2)
        let started = AsyncStream<Void>.makeStream()
        let gate = DispatchSemaphore(value: 0)
        #expect(
            pool.submit {
                started.continuation.finish()
                gate.wait()
            })
        for await _ in started.stream {}
        #expect(pool.submit {})
        #expect(pool.submit {})
        #expect(!pool.submit {})
        #expect(pool.waiting == 2)
        await #expect(throws: BlockingPool.Full.self) { try await pool.run {} }
        gate.signal()
        pool.shutDown()
    }

    @Test func usesAllItsThreads() {
        let pool = BlockingPool(threads: 3, capacity: 3)
        let meeting = DispatchSemaphore(value: 0)
        let arrived = DispatchSemaphore(value: 0)
        for _ in 0..<3 {
            #expect(
                pool.submit {
                    arrived.signal()
                    meeting.wait()
                })
        }
        for _ in 0..<3 { arrived.wait() }
        for _ in 0..<3 { meeting.signal() }
        pool.shutDown()
    }

    @Test func handsResultsAndErrorsBack() async throws {
        struct Oops: Error {}
        let pool = BlockingPool(threads: 2, capacity: 10)
        #expect(try await pool.run { 42 } == 42)
        await #expect(throws: Oops.self) { try await pool.run { throw Oops() } }
        pool.shutDown()
    }

    @Test func whatWaitedTooLongIsNotDone() async throws {
        let pool = BlockingPool(threads: 1, capacity: 10)
        let gate = DispatchSemaphore(value: 0)
        #expect(pool.submit { gate.wait() })
        let lateness = AsyncStream<Bool>.makeStream()
        #expect(pool.submit(patience: 0) { lateness.continuation.yield($0) })
        #expect(pool.submit(patience: 3_600_000_000_000) { lateness.continuation.yield($0) })
        let late = Task { try await pool.run(patience: 0) { 1 } }
        // It is in the queue, behind the other two.
        while pool.waiting < 3 { try await Task.sleep(for: .milliseconds(1)) }
        gate.signal()
        var told: [Bool] = []
        for await isLate in lateness.stream {
            told.append(isLate)
            if told.count == 2 { break }
        }
        #expect(told == [true, false])
        await #expect(throws: BlockingPool.Full.self) { try await late.value }
        #expect(try await pool.run(patience: 3_600_000_000_000) { 7 } == 7)
        pool.shutDown()
    }
}
