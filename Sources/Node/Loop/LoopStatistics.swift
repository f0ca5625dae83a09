import CWire

/// What one loop counts. The loop's own; copies are taken there.
struct LoopStatistics: Sendable {
    var messagesReceived: UInt64 = 0
    var messagesDelivered: UInt64 = 0
    /// Queued for other nodes.
    var messagesForwarded: UInt64 = 0
    var heartbeats: UInt64 = 0
    /// MESSAGE_ACKs, which come as often as messages.
    var ackFrames: UInt64 = 0
    /// Frames of types without a count of their own, by `FrameKind`.
    var otherFrames = [UInt64](repeating: 0, count: FrameKind.allCases.count)
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
        ackFrames += other.ackFrames
        for index in otherFrames.indices { otherFrames[index] += other.otherFrames[index] }
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

/// Types of frames that are counted apart from messages, acknowledgements and heartbeats.
enum FrameKind: Int, CaseIterable {
    case login, logout, sync, custom, other

    init(_ type: UInt32) {
        self =
            switch hp_head_type(type) {
            case HP_LOGIN_REQUEST: .login
            case HP_LOGOUT_REQUEST: .logout
            case HP_SYNC_REQUEST: .sync
            case HP_CUSTOM_REQUEST: .custom
            default: .other
            }
    }

    var name: String {
        switch self {
        case .login: "login_request"
        case .logout: "logout_request"
        case .sync: "sync_request"
        case .custom: "custom_request"
        case .other: "other"
        }
    }
}

extension LoopStatistics {
    mutating func count(_ type: UInt32) { otherFrames[FrameKind(type).rawValue] &+= 1 }

    var frames: [(type: String, count: UInt64)] {
        [("message_request", messagesReceived), ("heart_beat", heartbeats), ("message_ack", ackFrames)]
            + FrameKind.allCases.map { ($0.name, otherFrames[$0.rawValue]) }
    }
}
