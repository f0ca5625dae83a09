/// What one loop counts. The loop's own; copies are taken there.
struct LoopStatistics: Sendable {
    var messagesReceived: UInt64 = 0
    var messagesDelivered: UInt64 = 0
    /// Queued for other nodes.
    var messagesForwarded: UInt64 = 0
    var heartbeats: UInt64 = 0
    var loginsAccepted: UInt64 = 0
    /// Failures answered, by code (the last place: codes above 9).
    var refusals = [UInt64](repeating: 0, count: 11)
    var loginRefusals = [UInt64](repeating: 0, count: 11)
    /// By `LoginLimit`.
    var limitedLogins = [UInt64](repeating: 0, count: LoginLimit.allCases.count)
    var closed: [String: UInt64] = [:]
    var pluginFailures: [String: UInt64] = [:]
    /// Messages answered as accepted.
    var receipts: UInt64 = 0
    /// Messages that were no new ones.
    var resends: UInt64 = 0
    /// Messages that recipients acknowledged, of those that were waited for.
    var acknowledgements: UInt64 = 0
    /// Times a sender had to wait for a full recipient.
    var pauses: UInt64 = 0

    /// Requests for a WebSocket, by what became of them.
    var webSocketsAccepted: UInt64 = 0
    var webSocketsRefused: UInt64 = 0

    mutating func add(_ other: LoopStatistics) {
        messagesReceived += other.messagesReceived
        messagesDelivered += other.messagesDelivered
        messagesForwarded += other.messagesForwarded
        heartbeats += other.heartbeats
        loginsAccepted += other.loginsAccepted
        pauses += other.pauses
        receipts += other.receipts
        resends += other.resends
        webSocketsAccepted += other.webSocketsAccepted
        webSocketsRefused += other.webSocketsRefused
        acknowledgements += other.acknowledgements
        for code in refusals.indices {
            refusals[code] += other.refusals[code]
            loginRefusals[code] += other.loginRefusals[code]
        }
        for limit in limitedLogins.indices { limitedLogins[limit] += other.limitedLogins[limit] }
        closed.merge(other.closed, uniquingKeysWith: +)
        pluginFailures.merge(other.pluginFailures, uniquingKeysWith: +)
    }
}
