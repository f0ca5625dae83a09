import Testing

@testable import RedisClient

@Suite struct HashSlotTests {
    /// What `CLUSTER KEYSLOT` of Redis 7 says.
    @Test(arguments: [
        ("", 0), ("foo", 12_182), ("123456789", 12_739), ("{user1000}.following", 3443), ("user1000", 3443), ("foo{}{bar}", 8363),
        ("foo{{bar}}zap", HashSlot.of("{bar")), ("foo{bar}{zap}", HashSlot.of("bar")), ("{", HashSlot.of(Array("{".utf8))),
    ]) func isAsTheServerCounts(_ key: String, _ slot: Int) { #expect(HashSlot.of(key) == slot) }
}
