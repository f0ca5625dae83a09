import Dispatch
import Glibc
import PluginHost
import Synchronization
import Testing

@testable import Node

/// All switch or none does, and nobody waits for ever.
@Suite struct SwapBarrierTests {
    static let failure = HandOverFailure(step: .restore, failure: PluginFailure(plugin: "p", reason: "p.lua:1: no"))

    /// Runs one loop's part on a thread of its own; the thread's end is waited for by `join`.
    private final class Loops: Sendable {
        let barrier: SwapBarrier
        let decisions = Mutex<[Int: Bool]>([:])
        private let group = DispatchGroup()

        init(_ barrier: SwapBarrier) { self.barrier = barrier }

        /// - Parameters:
        ///   - isHere: whether it has arrived already.
        ///   - restoring: seconds between coming and voting.
        func come(_ loop: Int, failure: HandOverFailure? = nil, isHere: Bool = false, restoring: Double = 0) {
            group.enter()
            Thread.detached(named: "loop") { [self] in
                if isHere || barrier.arrive(loop) {
                    usleep(UInt32(restoring * 1e6))
                    let switches = barrier.vote(loop, failure: failure)
                    decisions.withLock { $0[loop] = switches }
                    if switches { barrier.switched(loop, after: UInt64(loop) + 1) }
                }
                group.leave()
            }
        }

        func join() -> [Int: Bool] {
            group.wait()
            return decisions.withLock { $0 }
        }
    }

    @Test func allAgree() {
        let loops = Loops(SwapBarrier(loops: 3))
        for loop in 0..<3 { loops.come(loop) }
        let outcome = loops.barrier.outcome()
        #expect(outcome.reason == nil)
        #expect(outcome.stands == [.switched(1), .switched(2), .switched(3)])
        #expect(loops.join() == [0: true, 1: true, 2: true])
    }

    @Test func oneAgainstIsEnough() {
        let loops = Loops(SwapBarrier(loops: 3))
        loops.come(0)
        loops.come(1)
        loops.come(2, failure: Self.failure)
        let outcome = loops.barrier.outcome()
        #expect(outcome.reason == .failed(loop: 2, Self.failure))
        #expect(outcome.stands[2] == .failed(Self.failure))
        #expect(!loops.join().values.contains(true))
    }

    @Test func whoDoesNotComeInTimeIsNamedAndFindsItDecided() {
        let loops = Loops(SwapBarrier(loops: 3, patience: 20_000_000))
        loops.come(0)
        loops.come(2)
        let outcome = loops.barrier.outcome()
        #expect(outcome.reason == .late(loops: [1]))
        #expect(outcome.stands == [.ready, .absent, .ready])
        #expect(loops.join() == [0: false, 2: false])
        #expect(!loops.barrier.arrive(1))
    }

    @Test func whereNoLoopComesNobodyWaitsForEver() {
        let barrier = SwapBarrier(loops: 2, arrivalPatience: 20_000_000)
        #expect(barrier.outcome().reason == .late(loops: [0, 1]))
        #expect(!barrier.arrive(0))
    }

    @Test func aLoopThatHasEndedIsNamed() {
        let barrier = SwapBarrier(loops: 2)
        barrier.abandon(ended: 1)
        #expect(barrier.outcome().reason == .ended(loop: 1))
    }

    /// The states are freed once `outcome` returns, so no loop may still be at work on one.
    @Test func theOutcomeWaitsForLoopsThatStillRestore() {
        let loops = Loops(SwapBarrier(loops: 2))
        #expect(loops.barrier.arrive(1))
        loops.come(1, isHere: true, restoring: 0.05)
        loops.come(0, failure: Self.failure)
        let outcome = loops.barrier.outcome()
        #expect(outcome.reason == .failed(loop: 0, Self.failure))
        #expect(outcome.stands == [.failed(Self.failure), .ready])
        #expect(loops.join() == [0: false, 1: false])
    }
}
