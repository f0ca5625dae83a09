import Measures
import Messaging
import Reactor
import Spans
import Synchronization
import WireProtocol

// GET /metrics. docs/metrics.md lists what is here; a test compares them.
//
// The numbers are plain integers of each loop, added up when somebody asks. A front end such as swift-metrics' would make each of them an atomic
// or a lock on the way of every message, and still want a table of handlers to be read here: it would cost and give nothing.
extension Node {
    public func metrics() async -> String {
        var text = MetricsText()
        let reports = await loopReports()
        var statistics = LoopStatistics()
        for report in reports { statistics.add(report.statistics) }
        addProcess(to: &text)
        addConnections(to: &text, statistics)
        addMessages(to: &text, statistics)
        await addCluster(to: &text, statistics, reports)
        addStore(to: &text)
        addQueue(to: &text)
        addTLS(to: &text)
        addLoops(to: &text, reports)
        addPlugins(to: &text, statistics, reports)
        return text.text
    }

    private func addProcess(to text: inout MetricsText) {
        let figures = ProcessFigures()
        text.gauges("hpush_build_info", "The version that runs", [("version=\"\(Self.version)\"", 1)])
        let spans = (shared.tracing?.tracer as? RecordingTracer)?.buffer.counts ?? (exported: 0, dropped: 0)
        text.counters(
            "hpush_trace_spans_total", "Spans of traces, by what became of them",
            [("result=\"exported\"", Double(spans.exported)), ("result=\"dropped\"", Double(spans.dropped))])
        text.gauge("hpush_ready", "1 while logins are taken", isReady ? 1 : 0)
        text.counter("process_cpu_seconds_total", "User and system time", figures.cpuSeconds)
        if let memoryWatch { text.gauge("hpush_memory_limit_bytes", "limits.memory_mb", Double(memoryWatch.limit)) }
        text.gauge("process_resident_memory_bytes", "Resident memory", Double(figures.residentBytes))
        text.gauge("process_start_time_seconds", "When the node began, since 1970", shared.startedDate)
        text.gauges("process_open_fds", "Open descriptors", figures.openDescriptors.map { [("", $0)] } ?? [])
        text.gauge("process_max_fds", "Descriptors there may be", figures.mostDescriptors)
    }

    private func addConnections(to text: inout MetricsText, _ statistics: LoopStatistics) {
        text.gauge("hpush_connections", "Open chat connections", Double(shared.connections.load(ordering: .relaxed)))
        text.gauge("hpush_websockets", "Those of them by WebSocket", Double(shared.webSockets.load(ordering: .relaxed)))
        text.gauge("hpush_sessions", "Logged-in sessions", Double(shared.sessions.load(ordering: .relaxed)))
        text.gauge("hpush_users", "Users with a session", Double(shared.routes.userCount))
        text.counters(
            "hpush_websocket_handshakes_total", "Requests for a WebSocket, by result",
            [
                ("result=\"accepted\"", Double(statistics.webSocketsAccepted)),
                ("result=\"refused\"", Double(statistics.webSocketsRefused)),
            ])
        text.counters(
            "hpush_logins_total", "Logins, by result",
            [("result=\"accepted\"", Double(statistics.loginsAccepted))]
                + Self.codes(statistics.loginRefusals).map { ("result=\"refused_\($0.code)\"", $0.count) })
        text.counters(
            "hpush_logins_limited_total", "Logins refused before anybody looked at them, by limit",
            LoginLimit.allCases.map { ("limit=\"\($0.name)\"", Double(statistics.limitedLogins[$0.rawValue])) })
        text.counters(
            "hpush_connections_closed_total", "Connections that ended, by reason",
            LoopStatistics.closeReasons.map { ("reason=\"\($0)\"", Double(statistics.closed[$0] ?? 0)) })
        let faults: [ChatCloseReason] = [.badMagic, .badVersion, .badLength, .undecodable, .webSocketProtocol]
        text.counters(
            "hpush_frames_refused_total", "Frames that were none of the protocol, by reason; their connections closed",
            faults.map { ("reason=\"\($0.name)\"", Double(statistics.closed[$0.name] ?? 0)) })
    }

    private func addMessages(to text: inout MetricsText, _ statistics: LoopStatistics) {
        text.counters(
            "hpush_frames_received_total", "Frames from clients, by type",
            statistics.frames.map { ("type=\"\($0.type)\"", Double($0.count)) })
        text.counter("hpush_messages_received_total", "Messages from clients", Double(statistics.messagesReceived))
        text.counter("hpush_messages_delivered_total", "Frames put into sessions' output", Double(statistics.messagesDelivered))
        text.counter("hpush_heartbeats_total", "Heartbeats echoed", Double(statistics.heartbeats))
        text.counters(
            "hpush_requests_refused_total", "Requests answered with a failure, by code",
            Self.codes(statistics.refusals).map { ("code=\"\($0.code)\"", $0.count) })
        text.counter("hpush_receipts_total", "Messages answered as accepted", Double(statistics.receipts))
        text.counter("hpush_resends_total", "Messages that were sent again and not delivered again", Double(statistics.resends))
        text.counter("hpush_acknowledgements_total", "Messages that recipients acknowledged", Double(statistics.acknowledgements))
        text.gauge("hpush_remembered_messages", "Messages that resends are told by", Double(shared.remembered.count))
        text.counter("hpush_sender_pauses_total", "Times a sender waited for a full recipient", Double(statistics.pauses))
    }

    /// Counts by code, without 0, which is no failure; the last place is for all codes that have none of their own.
    private static func codes(_ counts: [UInt64]) -> [(code: String, count: Double)] {
        counts.enumerated().dropFirst().map { ($0.offset > 9 ? "other" : "\($0.offset)", Double($0.element)) }
    }

    private func addStore(to text: inout MetricsText) {
        let messages = shared.messages, store = messages.writer.current
        text.gauge("hpush_store_up", "1 while messages can be stored", store.failure == nil ? 1 : 0)
        text.gauge("hpush_store_waiting_writes", "Writes that wait for the disk", Double(store.waiting))
        text.counter("hpush_store_commits_total", "Transactions, each synced to the disk", Double(store.commits))
        text.counter("hpush_store_writes_total", "Messages and acknowledgements in them", Double(store.writes))
        text.counter("hpush_store_failures_total", "Transactions that failed", Double(store.failures))
        text.counter("hpush_store_refused_writes_total", "Writes that the store refused for what they are", Double(store.refused))
        text.histograms("hpush_store_commit_seconds", "How long transactions took", [("", .init(store.took))])
        text.gauge("hpush_store_waiting_reads", "Reads of stored messages that wait for a thread", Double(messages.readers.waiting))
        text.histograms("hpush_store_read_seconds", "How long reads of stored messages took", [("", .init(messages.readers.took))])
        text.gauge(
            "hpush_accounts_waiting_jobs", "Password checks and other work on accounts that waits for a thread", Double(shared.pool.waiting)
        )
        text.histograms("hpush_accounts_job_seconds", "How long such work took", [("", .init(shared.pool.took))])
    }

    private func addQueue(to text: inout MetricsText) {
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
}
