import CPluginBridge
import CWire
import Foundation
import Messaging
import PluginHost

// Telling traces what handlers do. Nothing of it runs as long as nobody traces.
extension NodeLoop {
    /// Characters of a text that a trace shows.
    private static let mostContent = 200
    /// Bytes that an event without contents counts for.
    private static let eventBytes = 512

    func add(_ tap: TraceTap) {
        traceTaps.append(tap)
        setObserved()
    }

    func remove(_ tap: TraceTap) {
        traceTaps.removeAll { $0 === tap }
        setObserved()
    }

    /// Who looks has changed.
    func setObserved() { isObserved = !traceTaps.isEmpty || !noteReaders.isEmpty || shared.tracing?.sampler.isOff == false }

    /// Whether a session's executions are observed; called only when `isObserved`.
    func observes(_ session: Session) -> Bool {
        spanning != nil || traceTaps.contains { isOf($0, session) }
    }

    private func isOf(_ tap: TraceTap, _ session: Session) -> Bool {
        if session.handle.rawValue != 0 { return tap.isOf(session.uidBytes) }
        // A login counts for whom it claims to be.
        return (session.loginRequest as? LoginFields)?.uid.withUnsafeBytes { tap.isOf($0) } ?? false
    }

    // MARK: Events

    /// A message is about to run through the inbound chain.
    func beginObserved(_ frame: UnsafeRawBufferPointer, _ envelope: hp_envelope, _ session: Session, _ state: PluginState) {
        if !noteReaders.isEmpty { beginNote(.message(type: envelope.type, frame: Array(frame)), session, state) }
        if shared.tracing != nil { beginSpans(frame, envelope, session, state) }
        guard observes(session) else { return }
        input.pointee.observed = true
        if traceTaps.isEmpty { return }
        traceMessage(frame, envelope, session, state)
    }

    /// A chain, or a route, has run; it may wait.
    func observeEnd(_ request: WaitingRun.Request, _ result: hp_outcome, _ kind: hp_kind, _ session: Session, _ state: PluginState) {
        noteRun()
        if result.verdict == HP_WAITING { return }
        noting?.ended(result, kind, state)
        endSpans(result, of: state, verdict: Self.verdict(result.verdict, goesOn: false))
        if !traceTaps.isEmpty, observes(session) { traceEnd(request, result, kind, session, state) }
    }

    /// A message of a session begins its way.
    private func traceMessage(_ frame: UnsafeRawBufferPointer, _ envelope: hp_envelope, _ session: Session, _ state: PluginState) {
        var event = event(.message, session, state, "in", FieldNames.type(envelope.type), envelope.sequence)
        event.bytes = frame.count
        let body = UnsafeRawBufferPointer(rebasing: frame.dropFirst(Int(HP_FRAME_HEAD)))
        func text(_ slice: hp_span) -> String {
            String(decoding: body.dropFirst(Int(slice.offset)).prefix(Int(slice.length)), as: UTF8.self)
        }
        if envelope.type == HP_MESSAGE_REQUEST.rawValue { event.to = text(envelope.group.length > 0 ? envelope.group : envelope.to) }
        tell(event, session) {
            guard envelope.type == HP_MESSAGE_REQUEST.rawValue, let inner = FieldNames.content else { return nil }
            var value = hp_field_value()
            let start = body.baseAddress.map { ($0 + Int(envelope.inner.offset)).assumingMemoryBound(to: UInt8.self) }
            hp_field_read(envelope.inner.offset == 0 ? nil : start, Int(envelope.inner.length), inner, &value)
            let bytes = UnsafeRawBufferPointer(start: value.bytes, count: value.length)
            return ["content": String(String(decoding: bytes, as: UTF8.self).prefix(Self.mostContent))]
        }
    }

    /// What came of it.
    func traceEnd(_ request: WaitingRun.Request, _ result: hp_outcome, _ kind: hp_kind, _ session: Session, _ state: PluginState) {
        var event = event(.end, session, state, Self.direction(kind), FieldNames.type(request.type), request.sequence)
        event.verdict = Self.verdict(result.verdict, goesOn: false)
        if result.verdict == HP_FAILED { event.info = state.failure(result).reason }
        if [HP_REJECT, HP_CLOSE, HP_REFUSED].contains(result.verdict) {
            event.code = result.code
            event.info = Self.text(result.info)
        }
        if result.verdict != HP_NEXT, Int(result.plugin) < state.pluginNames.count { event.plugin = state.pluginNames[Int(result.plugin)] }
        tell(event, session)
    }

    func stepped(_ step: UnsafePointer<hp_step>, of state: PluginState) {
        guard let tag = step.pointee.tag else { return }
        let session = Unmanaged<Session>.fromOpaque(tag).takeUnretainedValue()
        let step = step.pointee
        spanStep(step, of: state, verdict: Self.verdict(step.verdict, goesOn: step.goes_on))
        if traceTaps.isEmpty { return }
        let handler = state.handlerName(step.plugin, step.handler) ?? ""
        var event = event(.handler, session, state, Self.direction(step.kind), Self.type(step, handler), step.sequence)
        event.plugin = Int(step.plugin) < state.pluginNames.count ? state.pluginNames[Int(step.plugin)] : ""
        event.handler = handler
        event.microseconds = Double(step.run_ns) / 1000
        if step.waited_ns > 0 { event.waitedMilliseconds = Double(step.waited_ns) / 1e6 }
        event.verdict = Self.verdict(step.verdict, goesOn: step.goes_on)
        if let failure = step.failure { event.info = state.failure(failure.pointee).reason }
        if [HP_REJECT, HP_CLOSE, HP_REFUSED].contains(step.verdict) {
            event.code = step.code
            event.info = Self.text(step.info)
        }
        let changed = FieldNames.names(step.type, step.changed)
        if !changed.isEmpty { event.changed = changed }
        tell(event, session) {
            guard let message = step.message, !changed.isEmpty else { return nil }
            let reference = MessageReference(message)
            return Dictionary(
                uniqueKeysWithValues: changed.filter { $0 != "token" }.map { ($0, String(reference.string($0).prefix(Self.mostContent))) })
        }
    }

    private func event(
        _ kind: TraceEvent.Kind, _ session: Session, _ state: PluginState, _ direction: String, _ type: String, _ sequence: UInt64
    ) -> TraceEvent {
        let isOpen = session.handle.rawValue != 0
        let claimed = isOpen ? nil : (session.loginRequest as? LoginFields)?.uid
        return TraceEvent(
            event: kind, time: Date().timeIntervalSince1970, node: shared.configuration.node.name, loop: index,
            generation: state.generation, user: claimed.map { String(decoding: $0, as: UTF8.self) } ?? session.uid,
            session: isOpen ? session.id.description : "", direction: direction, type: type, sequence: sequence)
    }

    private func tell(_ event: TraceEvent, _ session: Session, contents: () -> [String: String]? = { nil }) {
        for tap in traceTaps where isOf(tap, session) {
            guard tap.showsContent, let contents = contents() else {
                tap.feed.put(event, bytes: Self.eventBytes)
                continue
            }
            var event = event
            event.contents = contents
            tap.feed.put(event, bytes: Self.eventBytes + contents.reduce(0) { $0 + $1.value.utf8.count })
        }
    }

    // MARK: Words

    private static func text(_ bytes: hp_bytes) -> String {
        String(decoding: UnsafeRawBufferPointer(start: bytes.data, count: bytes.length), as: UTF8.self)
    }

    private static func direction(_ kind: hp_kind) -> String {
        switch kind {
        case HP_OUTBOUND: "out"
        case HP_EVENT: "event"
        case HP_ROUTE: "route"
        default: "in"
        }
    }

    /// An event's handler is "events.NAME".
    private static func type(_ step: hp_step, _ handler: String) -> String {
        step.kind == HP_EVENT ? String(handler.dropFirst("events.".count)) : FieldNames.type(step.type)
    }

    private static func verdict(_ verdict: hp_verdict, goesOn: Bool) -> String {
        switch verdict {
        case HP_STOP: "stop"
        case HP_REJECT: "reject"
        case HP_CLOSE: "close"
        case HP_FAILED: goesOn ? "skipped" : "failed"
        case HP_REFUSED: "refused"
        case HP_WAITING: "cancelled"
        default: "next"
        }
    }
}
