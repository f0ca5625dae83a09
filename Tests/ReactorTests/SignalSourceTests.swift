import Dispatch
import Glibc
import Reactor
import TestSupport
import Testing

@Suite struct SignalSourceTests {
    @Test func signalsArriveOnTheLoopAndOnlyOneSourceExists() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let seen = Locked<[Int32]>([])
        let arrived = DispatchSemaphore(value: 0)
        let source = Locked<SignalSource?>(nil)
        let second = fixture.run { loop in
            source.value = try? SignalSource(on: loop, [SIGUSR1, SIGUSR2]) { number in
                seen.change { $0.append(loop.inLoop ? number : -1) }
                arrived.signal()
            }
            return (try? SignalSource(on: loop, [SIGUSR1]) { _ in }) != nil
        }
        #expect(source.value != nil)
        #expect(second == false)
        kill(getpid(), SIGUSR1)
        #expect(arrived.wait(timeout: .now() + 20) == .success)
        kill(getpid(), SIGUSR2)
        #expect(arrived.wait(timeout: .now() + 20) == .success)
        #expect(seen.value == [SIGUSR1, SIGUSR2])
        _ = fixture.run { _ in source.value?.close() }
    }
}
