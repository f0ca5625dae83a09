import Testing

@testable import RedisClient

@Suite struct BackoffTests {
    @Test func growsToItsLimitAndNeverLosesHalf() {
        var backoff = Backoff(first: 50, most: 2_000)
        for full in [50, 100, 200, 400, 800, 1_600, 2_000, 2_000] {
            let pause = backoff.next()
            #expect((full / 2...full).contains(pause), "\(pause) of \(full)")
        }
        backoff.succeeded()
        #expect((25...50).contains(backoff.next()))
    }

    @Test func isRandom() {
        let pauses = Set(
            (0..<50).map { _ in
                var backoff = Backoff(first: 1_000, most: 1_000)
                return backoff.next()
            })
        #expect(pauses.count > 10)
    }

    @Test func lastsForEver() {
        var backoff = Backoff(first: 1, most: 1_000)
        for _ in 0..<1_000 { #expect(backoff.next() <= 1_000) }
    }
}
