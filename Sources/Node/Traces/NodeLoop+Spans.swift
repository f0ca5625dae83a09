import CPluginBridge
import CWire
import Cluster
import Messaging
import PluginHost
import Tracing

// Spans of traced messages. They come from where `hpush plugin trace` looks; nothing of it runs unless some messages are traced.
extension NodeLoop {
    /// Whether this message is one of the share that is traced.
    private func isSampled(_ tracing: NodeTracing) -> Bool {
        // xorshift64: a draw for each message, so it must be cheap.
        spanRandom ^= spanRandom << 13
        spanRandom ^= spanRandom >> 7
        spanRandom ^= spanRandom << 17
        return tracing.sampler.takes(spanRandom)
    }

    /// A message is about to run through the inbound chain; called only when `isObserved`.
    func beginSpans(_ frame: UnsafeRawBufferPointer, _ envelope: hp_envelope, _ session: Session, _ state: PluginState) {
        guard let tracing = shared.tracing, isSampled(tracing) else { return }
        let trace = MessageTrace(tracing, FieldNames.type(envelope.type), .server)
        let isOpen = session.handle.rawValue != 0
        // Never what users wrote, nor a token.
        trace.root.updateAttributes { attributes in
            attributes["hpush.loop"] = index
            attributes["hpush.generation"] = Int(clamping: state.generation)
            attributes["hpush.bytes"] = frame.count
            attributes["hpush.sequence"] = Int(clamping: envelope.sequence)
            attributes["hpush.transport"] = session.isWebSocket ? "websocket" : "tcp"
            if isOpen {
                attributes["session.id"] = session.id.description
                attributes["enduser.id"] = session.uid
            }
        }
        spanning = trace
    }

    /// A handler has run.
    func spanStep(_ step: hp_step, of state: PluginState, verdict: String) {
        guard let trace = spanning else { return }
        let plugin = Int(step.plugin) < state.pluginNames.count ? state.pluginNames[Int(step.plugin)] : "?"
        let handler = state.handlerName(step.plugin, step.handler) ?? "?"
        let now = DefaultTracerClock.now.nanosecondsSinceEpoch
        let span = trace.child("\(plugin) \(handler)", at: now - min(now, step.run_ns + step.waited_ns))
        span.updateAttributes { attributes in
            attributes["hpush.plugin"] = plugin
            attributes["hpush.handler"] = handler
            attributes["hpush.verdict"] = verdict
            attributes["hpush.run_ns"] = Int(clamping: step.run_ns)
            if step.waited_ns > 0 { attributes["hpush.waited_ns"] = Int(clamping: step.waited_ns) }
            if step.code != 0 { attributes["hpush.code"] = Int(step.code) }
        }
        span.end(failing: step.failure.map { state.failure($0.pointee).reason })
    }

    /// The chain of the message has come to its end.
    func endSpans(_ result: hp_outcome, of state: PluginState, verdict: String) {
        guard let trace = spanning else { return }
        trace.root.updateAttributes { attributes in
            attributes["hpush.verdict"] = verdict
            if result.code != 0 { attributes["hpush.code"] = Int(result.code) }
        }
        trace.root.end(failing: result.verdict == HP_FAILED ? state.failure(result).reason : nil)
    }

    // MARK: Other nodes

    /// `forward` for a message, with the trace it belongs to.
    func forwardMessage(_ record: PeerRecord, to node: NodeID) -> Bool {
        guard let trace = spanning else { return forward(record, to: node) }
        let span = trace.child("forward", .producer)
        span.updateAttributes { $0["hpush.node"] = Int(node.rawValue) }
        guard let text = trace.text(of: span), let traced = record.traced(text) else {
            let isQueued = forward(record, to: node)
            span.end(failing: isQueued ? nil : "the link to the node is full")
            return isQueued
        }
        let isQueued = traced.withUnsafeBytes { bytes in
            var record = record
            record.flags |= PeerRecord.traced
            record.payload = bytes
            return forward(record, to: node)
        }
        span.end(failing: isQueued ? nil : "the link to the node is full")
        return isQueued
    }

    /// A message came from another node with the trace it belongs to.
    func spanFromPeer(_ text: String, _ node: NodeID) -> (any Span)? {
        guard let tracing = shared.tracing else { return nil }
        let span = tracing.begin("deliver", .consumer, in: tracing.context(of: text))
        span.updateAttributes {
            $0["hpush.loop"] = index
            $0["hpush.node"] = Int(node.rawValue)
        }
        return span
    }
}
