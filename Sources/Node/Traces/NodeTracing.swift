import Spans
import Tracing

/// Traces of some messages, for a collector: who gets the spans, and of how many messages they are made. Any thread.
final class NodeTracing: Sendable {
    let tracer: any Tracer
    let sampler: TraceSampler

    init(tracer: any Tracer, share: Double) {
        self.tracer = tracer
        sampler = TraceSampler(share: share)
    }

    /// - Parameter start: nanoseconds since 1970; nil: now.
    func begin(_ name: String, _ kind: SpanKind, in context: ServiceContext, at start: UInt64? = nil) -> any Span {
        let instant = start.map { DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: $0) } ?? DefaultTracerClock.now
        return tracer.startSpan(name, context: context, ofKind: kind, at: instant, function: #function, file: #fileID, line: #line)
    }

    // MARK: From node to node

    /// What goes along with a message to another node; nil where the tracer gives nothing.
    func text(of context: ServiceContext) -> String? {
        var carrier: [String: String] = [:]
        tracer.inject(context, into: &carrier, using: Fields())
        return carrier[Self.field]
    }

    func context(of text: String) -> ServiceContext {
        var context = ServiceContext.topLevel
        tracer.extract([Self.field: text], into: &context, using: Fields())
        return context
    }

    /// W3C Trace Context, which all tracers know.
    static let field = "traceparent"

    private struct Fields: Injector, Extractor {
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    }
}
