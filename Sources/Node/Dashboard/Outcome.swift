import Messaging
import Reactor

/// How often something ended in one way.
public struct Outcome: Codable, Sendable, Equatable {
    public enum Kind: String, Codable, Sendable { case login, message, connection }

    public var kind: Kind
    /// `accepted`, `received`, a reason of `hpush_connections_closed_total`, or of refusals the code: `code_4`.
    public var name: String
    /// In the last minutes that points tell of.
    public var recent: UInt64
    /// Since the node began.
    public var total: UInt64
}

extension LoopStatistics {
    static let closeReasons = ["client", "read_idle", "slow_consumer", "tls_handshake", "other"] + ChatCloseReason.allCases.map(\.name)

    /// Everything that is shown by outcome, always in the same order.
    var outcomes: [(kind: Outcome.Kind, name: String, count: UInt64)] {
        func codes(_ kind: Outcome.Kind, _ counts: [UInt64]) -> [(kind: Outcome.Kind, name: String, count: UInt64)] {
            counts.enumerated().dropFirst().map { (kind, "code_\($0.offset > 9 ? "other" : "\($0.offset)")", $0.element) }
        }
        return [(.login, "accepted", loginsAccepted)] + codes(.login, loginRefusals) + [
            (.message, "received", messagesReceived), (.message, "delivered", messagesDelivered),
            (.message, "forwarded", messagesForwarded),
            (.message, "receipts", receipts), (.message, "resends", resends), (.message, "acknowledgements", acknowledgements),
        ] + codes(.message, refusals) + Self.closeReasons.map { (.connection, $0, closed[$0] ?? 0) }
    }
}
