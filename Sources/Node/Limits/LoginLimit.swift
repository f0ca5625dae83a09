import WireProtocol

/// Why a login is refused before a rule sees it. The names stand in `hpush_logins_limited_total{limit}`.
enum LoginLimit: Int, CaseIterable {
    case address, user, memory

    var name: String { "\(self)" }
}

/// What a client is told.
struct LoginRefusal {
    var code: ResultCode
    var info: String
}
