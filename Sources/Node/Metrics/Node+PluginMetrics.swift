import PluginHost
import Synchronization

extension Node {
    func addPlugins(to text: inout MetricsText, _ statistics: LoopStatistics, _ reports: [LoopReport]) {
        text.gauge("hpush_plugin_generation", "Plugin generation in force", Double(generations.current?.number ?? 0))
        let counts = generations.counts
        text.counters(
            "hpush_plugin_reloads_total", "Reloads of the plugins, by result",
            [
                ("switched", counts.switched), ("rolled_back", counts.rolledBack), ("auto_rolled_back", counts.autoRolledBack),
                ("failed", counts.failed),
            ].map { ("result=\"\($0.0)\"", Double($0.1)) })
        text.counters(
            "hpush_plugin_failures_total", "Handlers that failed, by kind",
            ["error", "run_budget", "memory", "wait", "busy"].map { ("kind=\"\($0)\"", Double(statistics.pluginFailures[$0] ?? 0)) })
        addStates(to: &text, reports)
        addPauses(to: &text, reports)
        addHandlers(to: &text, reports)
        addGuards(to: &text, reports)
        text.gauges(
            "hpush_plugin_metric", "What plugins set through hpush.metrics",
            shared.pluginMetrics.all.map { ("plugin=\"\($0.key.plugin)\",name=\"\(MetricsText.escaped($0.key.name))\"", $0.value) })
    }

    private func addStates(to text: inout MetricsText, _ reports: [LoopReport]) {
        func samples(_ value: (LoopReport.State) -> Int) -> [(labels: String, value: Double)] {
            reports.flatMap { report in
                report.states.map { ("loop=\"\(report.loop)\",generation=\"\($0.generation)\"", Double(value($0))) }
            }
        }
        let workers = reports.first?.workers
        text.gauges("hpush_plugin_memory_bytes", "Memory the scripts hold", samples(\.memory))
        text.gauges("hpush_plugin_waiting_handlers", "Handlers that wait", samples(\.waiting))
        text.gauge("hpush_offload_memory_bytes", "Memory the workers' scripts hold", Double(workers?.memory ?? 0))
        text.gauge("hpush_offload_waiting_calls", "Calls of hpush.offload that wait for a thread", Double(workers?.waiting ?? 0))
        text.gauge("hpush_http_open_requests", "Requests of hpush.http without an answer yet", Double(shared.http.open))
    }

    private func addPauses(to text: inout MetricsText, _ reports: [LoopReport]) {
        let bounds = SwapPauses.bounds.map { Double($0) / 1e9 }
        text.histograms(
            "hpush_plugin_switch_pause_seconds", "How long a loop stood still for a switch of generations",
            reports.map {
                ("loop=\"\($0.loop)\"", .init(bounds: bounds, counts: $0.pauses.buckets, sum: Double($0.pauses.nanoseconds) / 1e9))
            })
        text.gauges(
            "hpush_plugin_switch_longest_pause_seconds", "The longest of these pauses",
            reports.map { ("loop=\"\($0.loop)\"", Double($0.pauses.longest) / 1e9) })
    }

    private func addHandlers(to text: inout MetricsText, _ reports: [LoopReport]) {
        var totals = HandlerTotals()
        for report in reports { totals.add(report.handlers) }
        if let workers = reports.first?.workers {
            for description in generations.current?.checked.plugins ?? [] {
                totals.add(workers.handlers(of: description.name), of: description.name)
            }
        }
        let handlers = totals.plugins.sorted { $0.key < $1.key }.flatMap { plugin, handlers in
            // Every plugin may spawn; a sample says so once one did.
            handlers.filter { $0.name != "spawn" || $0.calls > 0 }.map { handler in
                ("plugin=\"\(plugin)\",handler=\"\(MetricsText.escaped(handler.name))\"", handler)
            }
        }
        text.counters("hpush_plugin_calls_total", "Calls of handlers", handlers.map { ($0.0, Double($0.1.calls)) })
        text.counters("hpush_plugin_errors_total", "Errors of handlers", handlers.map { ($0.0, Double($0.1.errors)) })
        text.counters(
            "hpush_plugin_budget_kills_total", "Handlers stopped over a budget", handlers.map { ($0.0, Double($0.1.budgetKills)) })
        text.counters(
            "hpush_plugin_allocated_bytes_total", "Bytes allocated while handlers ran", handlers.map { ($0.0, Double($0.1.allocatedBytes)) }
        )
        text.summaries(
            "hpush_plugin_handler_seconds", "Time of handlers without waiting: of one call in 64, of offload functions each",
            handlers.map { labels, handler in
                (
                    labels, [("0.5", handler.microseconds(quantile: 0.5)), ("0.99", handler.microseconds(quantile: 0.99))],
                    handler.timedSeconds, handler.timedCalls
                )
            })
    }

    private func addGuards(to text: inout MetricsText, _ reports: [LoopReport]) {
        let guards = guardInfos(reports).sorted { $0.key < $1.key }.map { ("plugin=\"\($0.key)\"", $0.value) }
        text.gauges(
            "hpush_plugin_quarantined", "1 while a plugin does not run since it failed for many sessions",
            guards.map { ($0.0, $0.1.state == .running ? 0 : 1) })
        text.counters(
            "hpush_plugin_quarantines_total", "Times a plugin was quarantined in its generation",
            guards.map { ($0.0, Double($0.1.quarantines)) })
        text.gauges(
            "hpush_plugin_throttled_sessions", "Sessions kept from a plugin that their messages make fail",
            guards.map { ($0.0, Double($0.1.throttledSessions)) })
        text.counters(
            "hpush_plugin_guarded_calls_total", "Calls of handlers that guards kept from running, by reason",
            guards.flatMap {
                [
                    ($0.0 + ",reason=\"throttle\"", Double($0.1.refusedThrottled)),
                    ($0.0 + ",reason=\"quarantine\"", Double($0.1.refusedQuarantined)),
                ]
            })
    }
}
