import Reactor
import Testing

@Suite struct CloseReasonTests {
    @Test func isTwoBytesAndNamesItself() {
        #expect(MemoryLayout<CloseReason>.size == 2)
        #expect("\(CloseReason.peerClosed)" == "peerClosed")
        #expect("\(CloseReason.custom(7))" == "custom(7)")
        #expect(CloseReason.custom(7) != .custom(8))
    }
}
