import Foundation
import Tracing

/// A batch of spans as OTLP's JSON has them: an ExportTraceServiceRequest
/// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). 64-bit integers are text there, and ids hexadecimal.
struct OTLPDocument: Encodable {
    struct Resource: Encodable { var attributes: [Attribute] }
    struct Scope: Encodable {
        var name: String
        var version: String
    }
    struct ScopeSpans: Encodable {
        var scope: Scope
        var spans: [Span]
    }
    struct ResourceSpans: Encodable {
        var resource: Resource
        var scopeSpans: [ScopeSpans]
    }

    struct Attribute: Encodable {
        var key: String
        var value: Value
    }

    /// One of them is there.
    struct Value: Encodable {
        var stringValue: String?
        var intValue: String?
        var doubleValue: Double?
        var boolValue: Bool?
    }

    struct Event: Encodable {
        var timeUnixNano: String
        var name: String
    }

    struct Link: Encodable {
        var traceId: String
        var spanId: String
    }

    struct Status: Encodable {
        /// 2: an error.
        var code: Int
        var message: String?
    }

    struct Span: Encodable {
        var traceId: String
        var spanId: String
        var parentSpanId: String?
        /// 1: sampled.
        var flags = 1
        var name: String
        var kind: Int
        var startTimeUnixNano: String
        var endTimeUnixNano: String
        var attributes: [Attribute]
        var events: [Event]?
        var links: [Link]?
        var status: Status?
    }

    var resourceSpans: [ResourceSpans]

    /// - Parameter resource: attributes of what makes the spans, such as `service.name`.
    init(_ spans: [FinishedSpan], resource: [(String, String)], version: String) {
        resourceSpans = [
            ResourceSpans(
                resource: Resource(attributes: resource.map { Attribute(key: $0.0, value: Value(stringValue: $0.1)) }),
                scopeSpans: [ScopeSpans(scope: Scope(name: "hpush", version: version), spans: spans.map(Span.init))])
        ]
    }

    /// On one line.
    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}

extension OTLPDocument.Span {
    init(_ span: FinishedSpan) {
        traceId = span.context.traceID
        spanId = span.context.spanID
        parentSpanId = span.parent.map { TraceContext(traceHigh: 0, traceLow: 0, span: $0).spanID }
        name = span.name
        kind =
            switch span.kind {
            case .internal: 1
            case .server: 2
            case .client: 3
            case .producer: 4
            case .consumer: 5
            }
        startTimeUnixNano = "\(span.start)"
        endTimeUnixNano = "\(span.end)"
        var all: [OTLPDocument.Attribute] = []
        span.attributes.forEach { key, value in
            if let value = OTLPDocument.Value(value) { all.append(.init(key: key, value: value)) }
        }
        attributes = all.sorted { $0.key < $1.key }
        events = span.events.isEmpty ? nil : span.events.map { .init(timeUnixNano: "\($0.time)", name: $0.name) }
        links = span.links.isEmpty ? nil : span.links.map { .init(traceId: $0.traceID, spanId: $0.spanID) }
        status = span.isError ? .init(code: 2, message: span.message) : nil
    }
}

extension OTLPDocument.Value {
    /// nil for lists, which nothing here makes.
    init?(_ attribute: SpanAttribute) {
        switch attribute {
        case .int32(let value): intValue = "\(value)"
        case .int64(let value): intValue = "\(value)"
        case .double(let value): doubleValue = value
        case .bool(let value): boolValue = value
        case .string(let value): stringValue = value
        case .stringConvertible(let value): stringValue = "\(value)"
        default: return nil
        }
    }
}
