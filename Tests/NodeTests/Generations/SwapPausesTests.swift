import Testing

@testable import Node

@Suite struct SwapPausesTests {
    @Test func eachPauseIsInOneBucket() {
        var pauses = SwapPauses()
        for pause: UInt64 in [1, 50_000, 50_001, 999_999, 1_000_000, 1_000_001, 9_000_000_000] { pauses.add(pause) }
        #expect(pauses.buckets == [2, 1, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 1])
        #expect((pauses.count, pauses.longest) == (7, 9_000_000_000))
    }

    @Test func asPrometheusText() {
        var text = MetricsText()
        text.histograms("h", "help", [("loop=\"0\"", .init(bounds: [0.001, 0.5], counts: [3, 0, 1], sum: 1.25))])
        #expect(
            text.text == """
                # HELP h help
                # TYPE h histogram
                h_bucket{loop="0",le="0.001"} 3
                h_bucket{loop="0",le="0.5"} 3
                h_bucket{loop="0",le="+Inf"} 4
                h_sum{loop="0"} 1.25
                h_count{loop="0"} 4

                """)
    }
}
