import Measures
import Testing

@Suite struct DurationHistogramTests {
    @Test func eachDurationFallsIntoTheFirstBucketThatHoldsIt() {
        var histogram = DurationHistogram()
        for nanoseconds: UInt64 in [0, 100_000, 100_001, 10_000_000_000, 10_000_000_001] { histogram.add(nanoseconds: nanoseconds) }
        #expect(histogram.counts.count == DurationHistogram.size)
        #expect(histogram.counts.first == 2)
        #expect(histogram.counts[1] == 1)
        #expect(histogram.counts.suffix(2) == [1, 1])
        #expect(histogram.count == 5)
        #expect(histogram.total == 20_000_200_002)
    }

    @Test func durationsAreNanoseconds() {
        var histogram = DurationHistogram()
        histogram.add(.milliseconds(2))
        #expect(histogram.total == 2_000_000)
        #expect(histogram.seconds == 0.002)
    }

    @Test func whatCameSinceIsTheDifference() {
        var histogram = DurationHistogram()
        histogram.add(nanoseconds: 1000)
        let older = histogram
        histogram.add(nanoseconds: 3_000_000)
        let new = histogram.since(older)
        #expect(new.count == 1)
        #expect(new.total == 3_000_000)
        var sum = older
        sum.add(new)
        #expect(sum == histogram)
    }

    @Test func quantilesLieInTheirBucket() {
        var histogram = DurationHistogram()
        #expect(histogram.quantile(0.5) == nil)
        for _ in 0..<99 { histogram.add(nanoseconds: 200_000) }
        histogram.add(nanoseconds: 60_000_000_000)
        let median = histogram.quantile(0.5) ?? 0
        #expect(median > 0.0001 && median <= 0.00025)
        #expect(histogram.quantile(1) == 10)
    }
}
