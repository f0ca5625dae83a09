import Testing

@testable import Node

@Suite struct IDReserveTests {
    @Test func theMarkStaysAheadAndIsWrittenSeldom() {
        var reserve = IDReserve(start: 1_000_000)
        #expect(reserve.mark > 1_000_000)
        var writes = 0
        for second in 1...600 {
            let now = 1_000_000 + UInt64(second) * 1000
            if reserve.renewed(at: now) != nil { writes += 1 }
            #expect(reserve.mark > now)
        }
        #expect(writes <= 21)
    }

    @Test func aClockSetBackRenewsNothing() {
        var reserve = IDReserve(start: 1_000_000)
        let mark = reserve.renewed(at: 1_000_000)
        #expect(reserve.renewed(at: 500_000) == nil)
        #expect(reserve.mark == mark)
    }
}
