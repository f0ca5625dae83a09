import Tracing

/// Records spans for an exporter of this process. Whether a trace is recorded at all says who begins it: spans that are made here are kept.
public struct RecordingTracer: Tracer {
    public let buffer: SpanBuffer

    public init(buffer: SpanBuffer = SpanBuffer()) { self.buffer = buffer }

    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> RecordedSpan {
        var context = context()
        let parent = context.trace
        var trace = parent ?? .new()
        if parent != nil { trace.span = TraceContext.newSpan() }
        context.trace = trace
        let start = instant().nanosecondsSinceEpoch
        let span = FinishedSpan(
            name: operationName, kind: kind, context: trace, parent: parent?.span, start: start, end: start, attributes: [:], events: [],
            links: [], isError: false, message: nil)
        return RecordedSpan(span, context: context, buffer: buffer)
    }

    @available(*, deprecated)
    public func startAnySpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> any Span {
        startSpan(operationName, context: context(), ofKind: kind, at: instant(), function: function, file: fileID, line: line)
    }

    @available(*, deprecated)
    public func forceFlush() {}

    private static var field: String { "traceparent" }

    public func extract<Carrier, Extract: Extractor>(_ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract)
    where Extract.Carrier == Carrier {
        guard let text = extractor.extract(key: Self.field, from: carrier), let trace = TraceContext(traceparent: text) else { return }
        context.trace = trace
    }

    public func inject<Carrier, Inject: Injector>(_ context: ServiceContext, into carrier: inout Carrier, using injector: Inject)
    where Inject.Carrier == Carrier {
        guard let trace = context.trace else { return }
        injector.inject(trace.traceparent, forKey: Self.field, into: &carrier)
    }
}
