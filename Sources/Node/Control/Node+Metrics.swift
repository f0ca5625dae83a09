import Messaging
import Reactor
import Synchronization
import WireProtocol

extension Node {
    public func metrics() async -> String {
        var text = MetricsText()
        let statistics = await statistics()
        text.gauge("hpush_connections", "Open chat connections", Double(shared.connections.load(ordering: .relaxed)))
        text.gauge("hpush_websockets", "Those of them by WebSocket", Double(shared.webSockets.load(ordering: .relaxed)))
        text.gauge("hpush_sessions", "Logged-in sessions", Double(shared.sessions.load(ordering: .relaxed)))
        text.gauge("hpush_users", "Users with a session", Double(shared.routes.userCount))
        text.gauge("hpush_ready", "1 while logins are taken", isReady ? 1 : 0)
        if let memoryWatch { text.gauge("hpush_memory_limit_bytes", "limits.memory_mb", Double(memoryWatch.limit)) }
        text.gauge("process_resident_memory_bytes", "Resident memory", Double(ProcessMemory.resident))
        text.counter("hpush_messages_received_total", "Messages from clients", Double(statistics.messagesReceived))
        text.counter("hpush_messages_delivered_total", "Frames put into sessions' output", Double(statistics.messagesDelivered))
        text.counter("hpush_heartbeats_total", "Heartbeats echoed", Double(statistics.heartbeats))
        text.counter("hpush_sender_pauses_total", "Times a sender waited for a full recipient", Double(statistics.pauses))
        text.counter("hpush_receipts_total", "Messages answered as accepted", Double(statistics.receipts))
        text.counter("hpush_resends_total", "Messages that were sent again and not delivered again", Double(statistics.resends))
        text.counter("hpush_acknowledgements_total", "Messages that recipients acknowledged", Double(statistics.acknowledgements))
        text.gauge("hpush_remembered_messages", "Messages that resends are told by", Double(shared.remembered.count))
        text.counters(
            "hpush_websocket_handshakes_total", "Requests for a WebSocket, by result",
            [
                ("result=\"accepted\"", Double(statistics.webSocketsAccepted)),
                ("result=\"refused\"", Double(statistics.webSocketsRefused)),
            ])
        text.counters("hpush_requests_refused_total", "Requests answered with a failure, by code", codes(statistics.refusals))
        text.counters(
            "hpush_logins_total", "Logins, by result",
            [("result=\"accepted\"", Double(statistics.loginsAccepted))]
                + statistics.loginRefusals.enumerated().map { ("result=\"refused_\($0.offset)\"", Double($0.element)) })
        text.counters(
            "hpush_logins_limited_total", "Logins refused before anybody looked at them, by limit",
            LoginLimit.allCases.map { ("limit=\"\($0.name)\"", Double(statistics.limitedLogins[$0.rawValue])) })
        text.counters(
            "hpush_connections_closed_total", "Connections that ended, by reason",
            closeReasons.map { ("reason=\"\($0)\"", Double(statistics.closed[$0] ?? 0)) })
        text.counters(
            "hpush_plugin_failures_total", "Handlers that failed, by kind",
            ["error", "run_budget", "memory", "wait", "busy"].map { ("kind=\"\($0)\"", Double(statistics.pluginFailures[$0] ?? 0)) })
        await addCluster(to: &text, statistics)
        addStore(to: &text)
        addTLS(to: &text)
        await addLoops(to: &text)
        await addPlugins(to: &text)
        return text.text
    }

    private func addStore(to text: inout MetricsText) {
        let store = shared.messages.writer.current
        text.gauge("hpush_store_up", "1 while messages can be stored", store.failure == nil ? 1 : 0)
        text.gauge("hpush_store_waiting_writes", "Writes that wait for the disk", Double(store.waiting))
        text.counter("hpush_store_commits_total", "Transactions, each synced to the disk", Double(store.commits))
        text.counter("hpush_store_writes_total", "Messages and acknowledgements in them", Double(store.writes))
        text.counter("hpush_store_failures_total", "Transactions that failed", Double(store.failures))
        text.counter("hpush_store_seconds_total", "Time of all transactions", store.seconds)
        guard let queue = shared.messages.queue.report else { return }
        text.gauge("hpush_queue_up", "1 while the queue takes writes", queue.isUp ? 1 : 0)
        text.gauge("hpush_queue_waiting_writes", "Writes in the queue", Double(queue.waiting))
        text.gauge("hpush_queue_lag_seconds", "Age of the oldest of them", queue.lagSeconds)
        text.counters(
            "hpush_queue_writes_total", "Writes, by what became of them",
            [
                ("result=\"put\"", Double(queue.put)), ("result=\"written\"", Double(queue.written)),
                ("result=\"straight\"", Double(queue.straight)), ("result=\"dead\"", Double(queue.dead)),
            ])
        text.counter("hpush_queue_retries_total", "Batches that the store did not take at once", Double(queue.retries))
    }

    private func codes(_ counts: [UInt64]) -> [(String, Double)] {
        counts.enumerated().dropFirst().map { ("code=\"\($0.offset > 9 ? "other" : "\($0.offset)")\"", Double($0.element)) }
    }

    private var closeReasons: [String] {
        ["client", "read_idle", "slow_consumer", "tls_handshake", "other"] + ChatCloseReason.allCases.map(\.name)
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
            let states = await owner.ask { owner in
                (owner.old.map(\.state) + (owner.plugins.map { [$0] } ?? [])).map { ($0.generation, $0.memory, $0.waiting) }
            }
            for (generation, held, handlers) in states ?? [] {
                let labels = "loop=\"\(owner.index)\",generation=\"\(generation)\""
                memory.append((labels, Double(held)))
                waiting.append((labels, Double(handlers)))
            }
        }
        let workers = await loops[0].ask { $0.plugins?.offload } ?? nil
        text.gauges("hpush_plugin_memory_bytes", "Memory the scripts hold", memory)
        text.gauge("hpush_offload_memory_bytes", "Memory the workers' scripts hold", Double(workers?.memory ?? 0))
        text.gauge("hpush_offload_waiting_calls", "Calls of hpush.offload that wait for a thread", Double(workers?.waiting ?? 0))
        text.gauge("hpush_http_open_requests", "Requests of hpush.http without an answer yet", Double(shared.http.open))
        text.gauges("hpush_plugin_waiting_handlers", "Handlers that wait", waiting)
    }

    private func addPlugins(to text: inout MetricsText) async {
        text.gauge("hpush_plugin_generation", "Plugin generation in force", Double(generations.current?.number ?? 0))
        let counts = generations.counts
        text.counters(
            "hpush_plugin_reloads_total", "Reloads of the plugins, by result",
            [
                ("switched", counts.switched), ("rolled_back", counts.rolledBack), ("auto_rolled_back", counts.autoRolledBack),
                ("failed", counts.failed),
            ].map {
                ("result=\"\($0.0)\"", Double($0.1))
            })
        await addPauses(to: &text)
        let handlers = await handlerTotals().plugins.sorted { $0.key < $1.key }.flatMap { plugin, handlers in
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
        await addGuards(to: &text)
        text.gauges(
            "hpush_plugin_metric", "What plugins set through hpush.metrics",
            shared.pluginMetrics.all.map { ("plugin=\"\($0.key.plugin)\",name=\"\($0.key.name)\"", $0.value) })
    }

    private func addGuards(to text: inout MetricsText) async {
        let guards = await guardInfos().sorted { $0.key < $1.key }.map { ("plugin=\"\($0.key)\"", $0.value) }
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

    private func addPauses(to text: inout MetricsText) async {
        var pauses: [(labels: String, histogram: MetricsText.Histogram)] = []
        var longest: [(String, Double)] = []
        for owner in loops {
            guard let own = await owner.ask(\.swapPauses) else { continue }
            let labels = "loop=\"\(owner.index)\""
            let bounds = SwapPauses.bounds.map { Double($0) / 1e9 }
            pauses.append((labels, .init(bounds: bounds, counts: own.buckets, sum: Double(own.nanoseconds) / 1e9)))
            longest.append((labels, Double(own.longest) / 1e9))
        }
        text.histograms("hpush_plugin_switch_pause_seconds", "How long a loop stood still for a switch of generations", pauses)
        text.gauges("hpush_plugin_switch_longest_pause_seconds", "The longest of these pauses", longest)
    }
}
