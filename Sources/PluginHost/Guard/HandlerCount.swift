/// How often a handler ran and failed, since its state was made.
public struct HandlerCount: Sendable, Equatable {
    public var calls: UInt64
    public var failures: UInt64

    public init(calls: UInt64 = 0, failures: UInt64 = 0) {
        self.calls = calls
        self.failures = failures
    }

    /// What came since then.
    func since(_ base: HandlerCount) -> HandlerCount {
        HandlerCount(
            calls: calls > base.calls ? calls - base.calls : 0, failures: failures > base.failures ? failures - base.failures : 0)
    }

    static func + (left: HandlerCount, right: HandlerCount) -> HandlerCount {
        HandlerCount(calls: left.calls + right.calls, failures: left.failures + right.failures)
    }
}

/// By handler: "inbound.message_request".
public typealias HandlerCounts = [String: HandlerCount]

extension HandlerCounts {
    public init(_ statistics: [HandlerStatistics]) {
        self.init(
            statistics.map { ($0.name, HandlerCount(calls: $0.calls, failures: $0.errors + $0.budgetKills)) }, uniquingKeysWith: +)
    }
}
