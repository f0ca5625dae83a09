import Dispatch
import HTTPListener
import HTTPTypes
import Messaging
import Tokens

/// Checks who somebody is and gives a token and a node.
struct LoginDesk: Sendable {
    let accounts: any GateAccounts
    let tokens: TokenKeys
    /// Failed logins by address. A node in the same process counts into the same.
    let addresses: AddressLimits
    /// The same by user.
    let backOff: LoginBackOff
    let placement: NodePlacement
    let counts: GateCounts

    /// Longest user id the nodes take, in bytes.
    private static let longestUser = 255

    /// - Throws: 400, 401, 429, or 503 when it can't be known or no node takes logins.
    func logIn(user: String, password: String, from remote: String) async throws -> (token: String, node: GateNode) {
        guard (1...Self.longestUser).contains(user.utf8.count) else {
            throw HTTPFailure.badRequest("user is a name of 1 to \(Self.longestUser) bytes")
        }
        try admit(remote)
        try begin(user, remote)
        switch await accounts.check(user: user, password: password) {
        case .right: backOff.succeeded(user.utf8, from: remote)
        case .wrong:
            addresses.failed(remote, second: Self.second)
            counts.login(.refused)
            throw HTTPFailure(.unauthorized, code: "login_failed", "wrong user or password")
        case .unavailable:
            backOff.withdrawn(user.utf8)
            counts.login(.unavailable)
            throw HTTPFailure(.serviceUnavailable, code: "unavailable", "too many logins at once, try again", headers: [.retryAfter: "1"])
        }
        guard let node = placement.next() else {
            counts.login(.noNode)
            throw HTTPFailure(
                .serviceUnavailable, code: "no_node", "no node takes logins at present, try again", headers: [.retryAfter: "1"])
        }
        let token = try await tokens.issue(user)
        counts.login(.accepted)
        return (token, node)
    }

    /// Only failed logins count, and an address with too many of them waits for the minute's end.
    private func admit(_ remote: String) throws(HTTPFailure) {
        let second = Self.second
        guard addresses.mayLogIn(remote, second: second) else {
            counts.login(.limited)
            throw HTTPFailure(
                .tooManyRequests, code: "too_many_requests", "too many failed logins from this address, try again in a minute",
                headers: [.retryAfter: "\(AddressLimits.secondsLeft(at: second))"])
        }
    }

    /// An attempt begins: one of a user with too many that failed waits.
    private func begin(_ user: String, _ remote: String) throws(HTTPFailure) {
        guard let seconds = backOff.begin(user.utf8, from: remote, second: Self.second) else { return }
        counts.login(.userLimited)
        throw HTTPFailure(
            .tooManyRequests, code: "too_many_requests", "too many failed logins of this user, try again in \(seconds) s",
            headers: [.retryAfter: "\(seconds)"])
    }

    /// The clock of the event loops: both count by it.
    private static var second: UInt64 { DispatchTime.now().uptimeNanoseconds / 1_000_000_000 }
}
