import Testing

@testable import Node

@Suite struct MemoryCeilingTests {
    @Test func itIsUsedUpFromTheLimitOnAndFreeUnderNineTenths() {
        var ceiling = MemoryCeiling(limit: 1000)
        let changes = [999, 1000, 1500, 900, 899, 950].map { ceiling.measured($0) }
        #expect(changes == [nil, .usedUp, nil, nil, .free, nil])
        #expect(!ceiling.isUsedUp)
    }

    @Test func whatIsNotKnownChangesNothing() {
        var ceiling = MemoryCeiling(limit: 1000)
        let changes = [0, 2000, 0].map { ceiling.measured($0) }
        #expect(changes == [nil, .usedUp, nil])
        #expect(ceiling.isUsedUp)
    }
}

@Suite struct ConnectionCeilingTests {
    @Test func someDescriptorsAreLeft() {
        #expect(ConnectionCeiling.most(configured: 7, descriptors: 1000) == 7)
        #expect(ConnectionCeiling.most(configured: 0, descriptors: 0) == 0)
        #expect(ConnectionCeiling.most(configured: 0, descriptors: 20_000) == 19_488)
        #expect(ConnectionCeiling.most(configured: 0, descriptors: 600) == 300)
    }
}
