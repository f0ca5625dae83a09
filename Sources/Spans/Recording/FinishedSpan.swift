import Tracing

/// A span that has ended, ready to be exported.
public struct FinishedSpan: Sendable {
    public struct Event: Sendable {
        public var name: String
        /// Nanoseconds since 1970.
        public var time: UInt64
    }

    public var name: String
    public var kind: SpanKind
    public var context: TraceContext
    /// The span it is part of; nil: it begins a trace.
    public var parent: UInt64?
    /// Nanoseconds since 1970.
    public var start: UInt64
    public var end: UInt64
    public var attributes: SpanAttributes
    public var events: [Event]
    public var links: [TraceContext]
    public var isError: Bool
    /// Of an error: why.
    public var message: String?
}
