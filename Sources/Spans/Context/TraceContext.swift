import Tracing

/// Which trace and which span in it: what travels between processes as W3C's `traceparent`.
public struct TraceContext: Sendable, Hashable {
    /// 16 bytes, not all zero.
    public var traceHigh: UInt64
    public var traceLow: UInt64
    /// Not zero.
    public var span: UInt64

    public init(traceHigh: UInt64, traceLow: UInt64, span: UInt64) {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.span = span
    }

    /// The beginning of a trace.
    static func new() -> TraceContext {
        TraceContext(traceHigh: .random(in: .min ... .max), traceLow: .random(in: 1 ... .max), span: newSpan())
    }

    static func newSpan() -> UInt64 { .random(in: 1 ... .max) }

    /// 32 hexadecimal digits.
    public var traceID: String { Self.hex(traceHigh) + Self.hex(traceLow) }
    /// 16 hexadecimal digits.
    public var spanID: String { Self.hex(span) }

    /// A context is only handed on for traces that are recorded, so its flag says "sampled".
    public var traceparent: String { "00-\(traceID)-\(spanID)-01" }

    /// nil for what is none, and for traces that nobody records.
    public init?(traceparent text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "00", parts[1].utf8.count == 32, parts[2].utf8.count == 16, parts[3].utf8.count == 2,
            let high = Self.number(parts[1].prefix(16)), let low = Self.number(parts[1].dropFirst(16)), let span = Self.number(parts[2]),
            let flags = Self.number(parts[3]), high | low != 0, span != 0, flags & 1 == 1
        else { return nil }
        self.init(traceHigh: high, traceLow: low, span: span)
    }

    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Lower case only, as the standard says.
    private static func number(_ digits: some StringProtocol) -> UInt64? {
        let isPlain = digits.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        return isPlain ? UInt64(digits, radix: 16) : nil
    }
}

extension ServiceContext {
    private enum Key: ServiceContextKey {
        typealias Value = TraceContext
        static var nameOverride: String? { "trace" }
    }

    /// The span that is under way.
    public var trace: TraceContext? {
        get { self[Key.self] }
        set { self[Key.self] = newValue }
    }
}
