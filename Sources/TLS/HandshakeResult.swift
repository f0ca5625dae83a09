import CTLS

/// What became of a handshake; the names stand in `hpush_tls_handshakes_total{result}`.
public enum HandshakeResult: UInt8, CaseIterable, Sendable {
    /// `CloseReason.handshake` has this code for those that took too long.
    case timeout = 0
    case notTLS
    case version
    case cipher
    case certificate
    case alert
    case closed
    case other
    case completed

    public var name: String {
        switch self {
        case .timeout: "timeout"
        case .notTLS: "not_tls"
        case .version: "version"
        case .cipher: "cipher"
        case .certificate: "certificate"
        case .alert: "refused_by_peer"
        case .closed: "closed"
        case .other: "other"
        case .completed: "completed"
        }
    }

    init(_ failure: ctls_failure) {
        switch failure {
        case CTLS_FAILURE_NOT_TLS: self = .notTLS
        case CTLS_FAILURE_VERSION: self = .version
        case CTLS_FAILURE_CIPHER: self = .cipher
        case CTLS_FAILURE_CERTIFICATE: self = .certificate
        case CTLS_FAILURE_ALERT: self = .alert
        default: self = .other
        }
    }
}
