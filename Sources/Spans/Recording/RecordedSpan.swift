import Synchronization
import Tracing

/// A span under way; what it has become goes into the tracer's buffer when it ends. Any thread.
public final class RecordedSpan: Span {
    private struct State {
        var span: FinishedSpan
        var isEnded = false
    }

    public let context: ServiceContext
    private let state: Mutex<State>
    private let buffer: SpanBuffer

    /// Events of one span beyond so many are left out.
    private static let mostEvents = 32

    init(_ span: FinishedSpan, context: ServiceContext, buffer: SpanBuffer) {
        self.context = context
        self.buffer = buffer
        state = Mutex(State(span: span))
    }

    public var operationName: String {
        get { state.withLock(\.span.name) }
        set { change { $0.name = newValue } }
    }

    public var attributes: SpanAttributes {
        get { state.withLock(\.span.attributes) }
        set { change { $0.attributes = newValue } }
    }

    public var isRecording: Bool { state.withLock { !$0.isEnded } }

    public func setStatus(_ status: SpanStatus) {
        change {
            $0.isError = status.code == .error
            $0.message = status.message
        }
    }

    public func addEvent(_ event: SpanEvent) {
        let time = event.nanosecondsSinceEpoch
        change { if $0.events.count < Self.mostEvents { $0.events.append(.init(name: event.name, time: time)) } }
    }

    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        let time = instant().nanosecondsSinceEpoch
        change { if $0.events.count < Self.mostEvents { $0.events.append(.init(name: "exception: \(error)", time: time)) } }
    }

    public func addLink(_ link: SpanLink) {
        guard let trace = link.context.trace else { return }
        change { if $0.links.count < Self.mostEvents { $0.links.append(trace) } }
    }

    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let time = instant().nanosecondsSinceEpoch
        let ended = state.withLock { state -> FinishedSpan? in
            guard !state.isEnded else { return nil }
            state.isEnded = true
            state.span.end = max(time, state.span.start)
            return state.span
        }
        if let ended { buffer.put(ended) }
    }

    private func change(_ body: (inout FinishedSpan) -> Void) {
        state.withLock { if !$0.isEnded { body(&$0.span) } }
    }
}
