import Testing

@testable import Messaging

@Suite struct RecentTableTests {
    @Test func whatIsOldGoesFirstAndThereIsNeverMoreThanTheCapacity() {
        var table = RecentTable<Int, Int>(capacity: 10)
        for key in 0..<1000 {
            table[0] = key
            table[key + 1] = key
            #expect(table.count <= 10)
        }
        #expect(table[0] == 999, "written all the time, so it stays")
        #expect(table[1000] == 999)
        #expect(table[500] == nil)
    }

    @Test func whatIsTakenOutIsOut() {
        var table = RecentTable<Int, Int>(capacity: 4)
        for key in 0..<4 { table[key] = key }
        for key in 0..<4 { table[key] = nil }
        #expect(table.count == 0)
    }
}
