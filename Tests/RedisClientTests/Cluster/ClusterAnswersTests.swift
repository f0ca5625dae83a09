import Testing

@testable import RedisClient

@Suite struct ClusterAnswersTests {
    private let asked = RedisAddress("10.0.0.1", 7000)

    private func node(_ host: RESPValue, _ port: Int) -> RESPValue { .array([host, .integer(Int64(port)), .bulk(Array("id".utf8))]) }
    private func host(_ text: String) -> RESPValue { .bulk(Array(text.utf8)) }

    @Test func readsASlotMap() {
        let answer = RESPValue.array([
            .array([.integer(0), .integer(99), node(host("10.0.0.2"), 1), node(host("10.0.0.3"), 2)]),
            .array([.integer(100), .integer(16_383), node(host(""), 3), node(.null, 4), node(host("?"), 5)]),
        ])
        #expect(
            SlotRange.all(answer, asked: asked) == [
                SlotRange(slots: 0...99, master: RedisAddress("10.0.0.2", 1), replicas: [RedisAddress("10.0.0.3", 2)]),
                SlotRange(slots: 100...16_383, master: RedisAddress("10.0.0.1", 3), replicas: [RedisAddress("10.0.0.1", 4)]),
            ])
    }

    @Test func refusesWhatIsNoMap() {
        let broken: [RESPValue] = [
            .null, .integer(1), .array([.integer(1)]), .array([.array([.integer(5), .integer(4), node(host("a"), 1)])]),
            .array([.array([.integer(0), .integer(16_384), node(host("a"), 1)])]),
        ]
        for answer in broken { #expect(SlotRange.all(answer, asked: asked) == nil) }
    }

    @Test func readsRedirects() {
        func read(_ text: String) -> ClusterRedirect? { ClusterRedirect(RedisError(.server, text, execution: .answered), from: asked) }
        #expect(read("MOVED 3999 127.0.0.1:6381") == .moved(slot: 3999, RedisAddress("127.0.0.1", 6381)))
        #expect(read("MOVED 3999 :6381") == .moved(slot: 3999, RedisAddress("10.0.0.1", 6381)))
        #expect(read("ASK 1 fe80::1:6381") == .ask(RedisAddress("fe80::1", 6381)))
        #expect(read("TRYAGAIN Multiple keys request during rehashing of slot") == .later(isDown: false))
        #expect(read("CLUSTERDOWN Hash slot not served") == .later(isDown: true))
        for text in ["MOVED", "MOVED 99999 a:1", "MOVED x a:1", "ASK 1 nowhere", "ERR x"] { #expect(read(text) == nil, "\(text)") }
        #expect(ClusterRedirect(RedisError(.timedOut, "MOVED 1 a:1"), from: asked) == nil)
    }
}
