import Synchronization
import Testing

@testable import Node

@Suite struct ControlThreadTests {
    @Test func workRunsInOrderAndIsDoneAtTheEnd() {
        let thread = ControlThread(named: "test")
        let seen = Mutex<[Int]>([])
        for number in 0..<100 { #expect(thread.run { seen.withLock { $0.append(number) } }) }
        thread.end()
        #expect(seen.withLock { $0 } == Array(0..<100))
        #expect(!thread.run {})
        thread.end()
    }

    @Test func oneThatNeverWorkedEnds() { ControlThread(named: "test").end() }
}
