import Messaging
import PluginHost
import Reactor
import Synchronization
import WireProtocol

extension Node {
    public func metrics() async -> String {
        var text = MetricsText()
        let statistics = await statistics()
        text.gauge("hpush_connections", "Open chat connections", Double(shared.connections.load(ordering: .relaxed)))
        text.gauge("hpush_sessions", "Logged-in sessions", Double(shared.sessions.load(ordering: .relaxed)))
        text.gauge("hpush_users", "Users with a session", Double(shared.routes.userCount))
        text.gauge("hpush_ready", "1 while logins are taken", isReady ? 1 : 0)
        text.gauge("process_resident_memory_bytes", "Resident memory", Double(ProcessMemory.resident))
        text.counter("hpush_messages_received_total", "Messages from clients", Double(statistics.messagesReceived))
        text.counter("hpush_messages_delivered_total", "Frames put into sessions' output", Double(statistics.messagesDelivered))
        text.counter("hpush_heartbeats_total", "Heartbeats echoed", Double(statistics.heartbeats))
        text.counter("hpush_sender_pauses_total", "Times a sender waited for a full recipient", Double(statistics.pauses))
        text.counters("hpush_requests_refused_total", "Requests answered with a failure, by code", codes(statistics.refusals))
        text.counters(
            "hpush_logins_total", "Logins, by result",
            [("result=\"accepted\"", Double(statistics.loginsAccepted))]
                + statistics.loginRefusals.enumerated().map { ("result=\"refused_\($0.offset)\"", Double($0.element)) })
        text.counters(
            "hpush_connections_closed_total", "Connections that ended, by reason",
            closeReasons.map { ("reason=\"\($0)\"", Double(statistics.closed[$0] ?? 0)) })
        text.counters(
            "hpush_plugin_failures_total", "Handlers that failed, by kind",
            ["error", "run_budget", "memory", "wait", "busy"].map { ("kind=\"\($0)\"", Double(statistics.pluginFailures[$0] ?? 0)) })
        await addLoops(to: &text)
        await addPlugins(to: &text)
        return text.text
    }

    private func codes(_ counts: [UInt64]) -> [(String, Double)] {
        counts.enumerated().dropFirst().map { ("code=\"\($0.offset > 9 ? "other" : "\($0.offset)")\"", Double($0.element)) }
    }

    private var closeReasons: [String] {
        ["client", "read_idle", "slow_consumer", "drain", "other"] + ChatCloseReason.allCases.map(\.name)
    }

    private func addLoops(to text: inout MetricsText) async {
        let counters = loops.map { ("loop=\"\($0.index)\"", $0.loop.counters) }
        text.counters("hpush_bytes_received_total", "Bytes read from clients", counters.map { ($0.0, Double($0.1.bytesIn)) })
        text.counters("hpush_bytes_sent_total", "Bytes written to clients", counters.map { ($0.0, Double($0.1.bytesOut)) })
        text.gauges("hpush_bytes_waiting", "Bytes that clients have not taken yet", counters.map { ($0.0, Double($0.1.waitingBytes)) })
        text.gauges(
            "hpush_loop_longest_tick_seconds", "The longest turn of the loop since the last scrape",
            counters.map { ($0.0, Double($0.1.longestTick) / 1e9) })
        for owner in loops { owner.loop.execute { owner.loop.resetLongestTick() } }
        var memory: [(String, Double)] = []
        var waiting: [(String, Double)] = []
        for owner in loops {
            let state = await owner.ask { ($0.plugins?.memory ?? 0, $0.plugins?.waiting ?? 0) } ?? (0, 0)
            memory.append(("loop=\"\(owner.index)\"", Double(state.0)))
            waiting.append(("loop=\"\(owner.index)\"", Double(state.1)))
        }
        let workers = await loops[0].ask { $0.plugins?.offload } ?? nil
        text.gauges("hpush_plugin_memory_bytes", "Memory the scripts hold", memory)
        text.gauge("hpush_offload_memory_bytes", "Memory the workers' scripts hold", Double(workers?.memory ?? 0))
        text.gauge("hpush_offload_waiting_calls", "Calls of hpush.offload that wait for a thread", Double(workers?.waiting ?? 0))
        text.gauge("hpush_http_open_requests", "Requests of hpush.http without an answer yet", Double(shared.http.open))
        text.gauges("hpush_plugin_waiting_handlers", "Handlers that wait", waiting)
    }

    private func addPlugins(to text: inout MetricsText) async {
        let listing = await plugins()
        text.gauge("hpush_plugin_generation", "Plugin generation in force", Double(listing.generation))
        let handlers = listing.plugins.flatMap { plugin in
            plugin.handlers.map { ("plugin=\"\(plugin.name)\",handler=\"\(MetricsText.escaped($0.name))\"", $0) }
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
                (labels, [("0.5", handler.p50Microseconds), ("0.99", handler.p99Microseconds)], handler.timedSeconds, handler.timedCalls)
            })
        text.gauges(
            "hpush_plugin_metric", "What plugins set through hpush.metrics",
            shared.pluginMetrics.all.map { ("plugin=\"\($0.key.plugin)\",name=\"\($0.key.name)\"", $0.value) })
    }
}
