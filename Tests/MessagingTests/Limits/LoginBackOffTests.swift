import Testing

@testable import Messaging

@Suite struct LoginBackOffTests {
    private let alice = Array("alice".utf8)

    @Test func attemptsBecomeRareButNeverStop() {
        let limit = LoginBackOff(failures: 3)
        var second: UInt64 = 1000
        for address in 0..<3 { #expect(limit.begin(alice, from: "a\(address)", second: second) == nil) }
        var waits: [UInt64] = []
        for address in 3..<12 {
            #expect(limit.begin(alice, from: "a\(address)", second: second) == nil, "one more is let through")
            let wait = limit.begin(alice, from: "b\(address)", second: second) ?? 0
            waits.append(wait)
            #expect(limit.begin(alice, from: "b\(address)", second: second + wait - 1) == 1)
            second += wait
        }
        #expect(waits == [1, 2, 4, 8, 16, 30, 30, 30, 30])
        #expect(limit.begin(Array("bob".utf8), from: "a1", second: second) == nil, "others are not concerned")
    }

    @Test func whereTheUserWasLetInNobodyWaits() {
        let limit = LoginBackOff(failures: 2)
        #expect(limit.begin(alice, from: "192.0.2.1", second: 5) == nil)
        limit.succeeded(alice, from: "192.0.2.1")
        for address in 0..<20 { _ = limit.begin(alice, from: "a\(address)", second: 5) }
        #expect(limit.begin(alice, from: "a", second: 5) != nil)
        #expect(limit.begin(alice, from: "192.0.2.1", second: 5) == nil)
        #expect(limit.begin(alice, from: "192.0.2.2", second: 5) != nil)
    }

    @Test func whatDidNotFailDoesNotCount() {
        let limit = LoginBackOff(failures: 2)
        for address in 0..<50 {
            #expect(limit.begin(alice, from: "a\(address)", second: 5) == nil)
            if address.isMultiple(of: 2) { limit.withdrawn(alice) } else { limit.succeeded(alice, from: "a\(address)") }
        }
    }

    @Test func aSuccessDoesNotGiveAnAttackerNewAttempts() {
        let limit = LoginBackOff(failures: 2)
        for _ in 0..<2 { _ = limit.begin(alice, from: "a", second: 5) }
        #expect(limit.begin(alice, from: "home", second: 5) == nil)
        limit.succeeded(alice, from: "home")
        #expect(limit.begin(alice, from: "a", second: 5) == 1)
    }

    @Test func manyAtOnceAreNoWayAround() {
        let limit = LoginBackOff(failures: 10)
        #expect((0..<1000).count { limit.begin(alice, from: "a\($0)", second: 5) == nil } == 11)
    }

    @Test func itIsForgottenAfterAQuarterOfAnHour() {
        let limit = LoginBackOff(failures: 1)
        for _ in 0..<2 { _ = limit.begin(alice, from: "a", second: 5) }
        #expect(limit.begin(alice, from: "a", second: 5) != nil)
        #expect(limit.begin(alice, from: "a", second: 5 + LoginBackOff.memory) == nil)
        #expect(limit.begin(alice, from: "a", second: 5 + LoginBackOff.memory) == nil)
    }

    @Test func zeroIsNoLimit() {
        let limit = LoginBackOff(failures: 0)
        #expect((0..<100).allSatisfy { _ in limit.begin(alice, from: "a", second: 5) == nil })
    }
}
