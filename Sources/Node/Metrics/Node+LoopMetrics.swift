import Measures
import Reactor

extension Node {
    func addLoops(to text: inout MetricsText, _ reports: [LoopReport]) {
        func samples(_ value: (LoopReport) -> Int) -> [(labels: String, value: Double)] {
            reports.map { ("loop=\"\($0.loop)\"", Double(value($0))) }
        }
        let longest = activity.takeLongest()
        text.counters("hpush_bytes_received_total", "Bytes read from clients", samples(\.counters.bytesIn))
        text.counters("hpush_bytes_sent_total", "Bytes written to clients", samples(\.counters.bytesOut))
        text.gauges("hpush_bytes_waiting", "Bytes that clients have not taken yet", samples(\.counters.waitingBytes))
        text.gauges("hpush_slow_consumers", "Connections to which nothing can be written at present", samples(\.slowConsumers))
        text.gauges("hpush_loop_bytes_waiting", "Bytes on their way to other loops", samples(\.linkBytes))
        text.gauges(
            "hpush_loop_longest_tick_seconds", "The longest turn of the loop since the last scrape",
            reports.map { report in
                let before = report.loop < longest.count ? longest[report.loop] : 0
                return ("loop=\"\(report.loop)\"", Double(max(before, report.counters.longestTick)) / 1e9)
            })
        text.histograms(
            "hpush_loop_tick_seconds", "How long turns of the loop took: what came in the meantime waited for so long at most",
            reports.map { ("loop=\"\($0.loop)\"", .init($0.ticks)) })
    }
}
