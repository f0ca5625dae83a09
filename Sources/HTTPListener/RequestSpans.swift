import HTTPTypes
import Hummingbird
import Spans
import Tracing

/// Traces a share of the requests, for a collector. Any thread.
public struct RequestSpans: Sendable {
    private let tracer: any Tracer
    private let sampler: TraceSampler

    /// - Parameter share: 0 to 1.
    public init(tracer: any Tracer, share: Double) {
        self.tracer = tracer
        sampler = TraceSampler(share: share)
    }

    /// A request has come. Whether it is traced is drawn here, whoever asks: its `traceparent` only says to which trace it belongs.
    /// - Parameter pattern: the route's; a path may hold what is nobody's business.
    /// - Returns: nil where it is not traced.
    func begin(_ request: Request, pattern: String?) -> (any Span)? {
        guard sampler.takes(.random(in: .min ... .max)) else { return nil }
        var context = ServiceContext.topLevel
        tracer.extract(request.headers, into: &context, using: HeaderFields())
        // As OpenTelemetry's conventions for HTTP have it: few names, whatever comes.
        let known: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .delete, .options, .patch]
        let method = known.contains(request.method) ? request.method.rawValue : "_OTHER"
        let span = tracer.startSpan(pattern.map { "\(method) \($0)" } ?? method, context: context, ofKind: .server)
        span.updateAttributes { attributes in
            attributes["http.request.method"] = method
            if let pattern { attributes["http.route"] = pattern }
        }
        return span
    }

    /// It was answered.
    func end(_ span: any Span, status: Int) {
        span.updateAttributes { $0["http.response.status_code"] = status }
        if status >= 500 { span.setStatus(SpanStatus(code: .error)) }
        span.end()
    }

    private struct HeaderFields: Extractor {
        func extract(key: String, from carrier: HTTPFields) -> String? { HTTPField.Name(key).flatMap { carrier[$0] } }
    }
}
