import Measures

/// Prometheus' text format, version 0.0.4.
struct MetricsText {
    private(set) var text = ""

    mutating func gauge(_ name: String, _ help: String, _ value: Double) { gauges(name, help, [("", value)]) }

    mutating func counter(_ name: String, _ help: String, _ value: Double) { counters(name, help, [("", value)]) }

    mutating func gauges(_ name: String, _ help: String, _ samples: [(labels: String, value: Double)]) {
        add(name, help, "gauge", samples)
    }

    mutating func counters(_ name: String, _ help: String, _ samples: [(labels: String, value: Double)]) {
        add(name, help, "counter", samples)
    }

    /// - Parameter samples: labels, quantiles in microseconds (nil: not known), and the sum in seconds and number of what was measured.
    mutating func summaries(
        _ name: String, _ help: String,
        _ samples: [(labels: String, quantiles: [(quantile: String, microseconds: Double?)], sum: Double, count: UInt64)]
    ) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) summary\n"
        for sample in samples {
            for quantile in sample.quantiles {
                guard let microseconds = quantile.microseconds else { continue }
                text += "\(name){\(sample.labels),quantile=\"\(quantile.quantile)\"} \(Self.number(microseconds / 1e6))\n"
            }
            text += "\(name)_sum{\(sample.labels)} \(Self.number(sample.sum))\n\(name)_count{\(sample.labels)} \(sample.count)\n"
        }
    }

    struct Histogram {
        /// Upper ends, ascending.
        var bounds: [Double]
        /// By bucket, each its own; the last one is beyond all bounds.
        var counts: [UInt64]
        var sum: Double

        init(bounds: [Double], counts: [UInt64], sum: Double) {
            self.bounds = bounds
            self.counts = counts
            self.sum = sum
        }

        init(_ histogram: DurationHistogram) {
            self.init(bounds: DurationHistogram.bounds, counts: histogram.counts, sum: histogram.seconds)
        }
    }

    mutating func histograms(_ name: String, _ help: String, _ samples: [(labels: String, histogram: Histogram)]) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) histogram\n"
        for (labels, histogram) in samples {
            let before = labels.isEmpty ? "" : labels + ","
            var count: UInt64 = 0
            for (index, own) in histogram.counts.enumerated() {
                count += own
                let bound = index < histogram.bounds.count ? Self.number(histogram.bounds[index]) : "+Inf"
                text += "\(name)_bucket{\(before)le=\"\(bound)\"} \(count)\n"
            }
            let plain = labels.isEmpty ? "" : "{\(labels)}"
            text += "\(name)_sum\(plain) \(Self.number(histogram.sum))\n\(name)_count\(plain) \(count)\n"
        }
    }

    private mutating func add(_ name: String, _ help: String, _ kind: String, _ samples: [(labels: String, value: Double)]) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
        for sample in samples {
            let labels = sample.labels.isEmpty ? "" : "{\(sample.labels)}"
            text += "\(name)\(labels) \(Self.number(sample.value))\n"
        }
    }

    private static func number(_ value: Double) -> String { Int64(exactly: value).map { "\($0)" } ?? "\(value)" }

    static func escaped(_ label: String) -> String {
        label.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
