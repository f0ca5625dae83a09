import Messaging
import Testing

@Suite struct SharedDictionaryTests {
    @Test func entriesEndWithTheirTime() throws {
        let shared = SharedDictionary()
        try shared.set("a", "k", .integer(1), ttl: 10, now: 100)
        #expect(shared.get("a", "k", now: 109.9) == .integer(1))
        #expect(shared.get("a", "k", now: 110) == nil)
    }

    @Test func namespacesDoNotMeet() throws {
        let shared = SharedDictionary()
        try shared.set("a", "k", .bool(true), ttl: nil, now: 0)
        #expect(shared.get("b", "k", now: 0) == nil)
    }

    @Test func addTakesOnlyAFreePlace() throws {
        let shared = SharedDictionary()
        #expect(try shared.add("a", "k", .integer(1), ttl: 5, now: 0))
        #expect(try !shared.add("a", "k", .integer(2), ttl: 5, now: 4))
        #expect(try shared.add("a", "k", .integer(3), ttl: 5, now: 6))
        #expect(shared.get("a", "k", now: 6) == .integer(3))
    }

    @Test func incrementKeepsTheFirstTimeToLive() throws {
        let shared = SharedDictionary()
        #expect(try shared.increment("a", "n", by: 1, ttl: 10, now: 0) == .integer(1))
        #expect(try shared.increment("a", "n", by: 2, ttl: 10, now: 9) == .integer(3))
        #expect(try shared.increment("a", "n", by: 1, ttl: 10, now: 11) == .integer(1))
        #expect(try shared.increment("a", "n", by: 0.5, ttl: nil, now: 11) == .number(1.5))
        try shared.set("a", "s", .string([1]), ttl: nil, now: 0)
        #expect(throws: SharedDictionary.Refusal.self) { try shared.increment("a", "s", by: 1, ttl: nil, now: 0) }
    }

    @Test func isBoundedAndForgetsWhatExpired() throws {
        let shared = SharedDictionary(capacity: 16 * 4096)
        var taken = 0
        for index in 0..<10_000 {
            guard (try? shared.set("a", "key-\(index)", .integer(1), ttl: 1, now: 0)) != nil else { break }
            taken += 1
        }
        #expect(taken > 100 && taken < 10_000)
        for index in 0..<100 { try shared.set("a", "late-\(index)", .integer(1), ttl: 1, now: 10) }
        #expect(throws: SharedDictionary.Refusal.self) { try shared.set("a", "", .integer(1), ttl: nil, now: 0) }
    }
}
