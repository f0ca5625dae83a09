import Testing

@testable import Node

@Suite struct DrainPaceTests {
    @Test func sessionsAreClosedAtTheRate() {
        var pace = DrainPace(perSecond: 100, seconds: 10)
        #expect(pace.due(at: 0) == 0)
        #expect(pace.due(at: 0.1) == 10)
        pace.close(10)
        #expect(pace.due(at: 0.1) == 0)
        // What a loop did not get to is caught up.
        #expect(pace.due(at: 1) == 90)
    }

    @Test func theRestGoesAtTheDeadline() {
        let pace = DrainPace(perSecond: 1, seconds: 10)
        #expect(pace.due(at: 9.5) == 9)
        #expect(pace.due(at: 10) == nil)
    }

    @Test func zeroMeansAtOnce() {
        #expect(DrainPace(perSecond: 0, seconds: 10).due(at: 0) == nil)
        #expect(DrainPace(perSecond: 5, seconds: 0).due(at: 0) == nil)
    }
}
