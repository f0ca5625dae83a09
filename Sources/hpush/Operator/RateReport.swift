import Node

/// The table of `hpush plugin top`.
enum RateReport {
    static func lines(_ rates: PluginRates) -> [String] {
        var head = "generation \(rates.generation), \(handlers(rates.waiting)) waiting"
        if rates.finishing > 0 { head += ", \(handlers(rates.finishing)) of older generations not done" }
        var lines = [head]
        for plugin in rates.plugins { lines += GuardReport.lines(plugin.guards).map { "\(plugin.name): \($0)" } }
        var table = TextTable([.left, .left, .right, .right, .right, .right, .right, .right])
        table.add(["plugin", "handler", "calls/s", "fails/s", "p50", "p99", "bytes/s", "of a loop"])
        for plugin in rates.plugins {
            table.add(row(plugin.name, "", plugin.total))
            // A plugin of one handler has said all.
            if plugin.handlers.count == 1, let handler = plugin.handlers.first {
                table.replaceLast(row(plugin.name, handler.name, handler))
            } else {
                for handler in plugin.handlers { table.add(row("", handler.name, handler)) }
            }
        }
        return lines + table.lines
    }

    private static func row(_ plugin: String, _ name: String, _ handler: PluginRates.Handler) -> [String] {
        [
            plugin, name, Amount.count(Int(handler.callsPerSecond.rounded())), failures(handler.failuresPerSecond),
            Amount.time(microseconds: handler.p50Microseconds), Amount.time(microseconds: handler.p99Microseconds),
            Amount.bytes(UInt64(handler.allocatedBytesPerSecond)), "\(Int((handler.share * 100).rounded()))%",
        ]
    }

    private static func failures(_ rate: Double) -> String { rate > 0 ? Amount.count(max(Int(rate.rounded()), 1)) : "0" }

    private static func handlers(_ count: Int) -> String { count == 1 ? "1 handler" : "\(Amount.count(count)) handlers" }
}
