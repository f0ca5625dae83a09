import PluginHost
import Testing

@testable import Node

@Suite struct ActivityTests {
    private func counts(_ second: Double, received: UInt64, refused: UInt64 = 0) -> ActivityCounts {
        var counts = ActivityCounts()
        counts.at = UInt64(second * 1e9)
        counts.statistics.messagesReceived = received
        counts.statistics.refusals[4] = refused
        return counts
    }

    @Test func countersBecomeRates() {
        let activity = Activity()
        activity.add(counts(0, received: 100), longest: [], time: 1000)
        #expect(activity.points(after: 0).isEmpty)
        activity.add(counts(2, received: 300, refused: 4), longest: [], time: 1002)
        let points = activity.points(after: 0)
        #expect(points.count == 1)
        #expect(points[0].messagesReceived == 100)
        #expect(points[0].messagesRefused == 2)
        #expect(points[0].seconds == 2)
        #expect(activity.points(after: points[0].number).isEmpty)
    }

    @Test func onlyTheLastMinutesAreKept() {
        let activity = Activity()
        for second in 0...Activity.most + 10 {
            activity.add(counts(Double(second), received: 0, refused: UInt64(second)), longest: [], time: Double(second))
        }
        let points = activity.points(after: 0)
        #expect(points.count == Activity.most)
        #expect(points.first?.number == 11)
        let now = counts(200, received: 0, refused: 1000).statistics
        let outcome = activity.outcomes(now).first { $0.kind == .message && $0.name == "code_4" }
        #expect(outcome == Outcome(kind: .message, name: "code_4", recent: 990, total: 1000))
    }

    @Test func theLongestTurnIsThatSinceAScrape() {
        let activity = Activity()
        activity.add(counts(0, received: 0), longest: [5, 1], time: 0)
        activity.add(counts(2, received: 0), longest: [3, 4], time: 2)
        #expect(activity.takeLongest() == [5, 4])
        #expect(activity.takeLongest().isEmpty)
    }
}

@Suite struct PluginErrorsTests {
    private func failure(_ reason: String) -> PluginFailure {
        PluginFailure(plugin: "p", handler: "inbound.message_request", reason: reason)
    }

    @Test func theSameFailureIsOneEntry() {
        let errors = PluginErrors()
        errors.add(failure("p.lua:1: no"), generation: 1, count: 1)
        errors.add(failure("p.lua:2: other"), generation: 1, count: 1)
        errors.add(failure("p.lua:1: no"), generation: 1, count: 5)
        #expect(errors.all.map(\.failure.reason) == ["p.lua:1: no", "p.lua:2: other"])
        #expect(errors.all.map(\.count) == [6, 1])
        errors.add(failure("p.lua:1: no"), generation: 2, count: 1)
        #expect(errors.all.count == 3)
    }

    @Test func theyAreBounded() {
        let errors = PluginErrors()
        for number in 0..<PluginErrors.most + 7 { errors.add(failure("\(number)"), generation: 1, count: 1) }
        #expect(errors.all.count == PluginErrors.most)
        #expect(errors.all.first?.failure.reason == "\(PluginErrors.most + 6)")
    }
}
