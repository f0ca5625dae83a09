import Messaging
import Testing

@Suite struct MovedDeviceTests {
    @Test func whoCameWhileANodeWasNotHeardMayHaveIt() {
        #expect(MovedDevice.mayHaveIt(age: 100, silence: 5000))
        #expect(MovedDevice.mayHaveIt(age: 5000, silence: 5000))
        #expect(!MovedDevice.mayHaveIt(age: 100, silence: nil))
    }

    @Test func whoWasThereBeforeDoesNot() {
        // The node that was left may have noticed it a moment later.
        #expect(MovedDevice.mayHaveIt(age: 5900, silence: 5000))
        #expect(!MovedDevice.mayHaveIt(age: 6100, silence: 5000))
    }

    @Test func nothingIsHeldBackForEver() {
        #expect(MovedDevice.mayHaveIt(age: MovedDevice.fresh - 1, silence: 1_000_000))
        #expect(!MovedDevice.mayHaveIt(age: MovedDevice.fresh, silence: 1_000_000))
    }

    @Test func aClockThatIsSetBackMakesSessionsYoung() {
        #expect(MovedDevice.age(since: 1000, now: 1700) == 700)
        #expect(MovedDevice.age(since: 1000, now: 400) == 0)
    }
}
