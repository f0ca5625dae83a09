import Messaging
import Reactor
import Synchronization
import WireProtocol

// What a client may do before it is logged in.
extension NodeLoop {
    /// Counts a frame of a connection without a login; one too many ends it.
    /// - Returns: false when it was.
    func countEarly(_ connection: Connection) -> Bool {
        if early.frame(of: connection.tag) { return true }
        connection.end(.beforeLogin)
        return false
    }

    /// Whether a WebSocket's frame that is no message may come: before a login they count.
    func takesControl(_ connection: Connection) -> Bool { connection.unretainedContext != nil || countEarly(connection) }

    /// Whether memory may be kept until so many bytes have come. Who is not logged in shares a little of it with all others; where that is
    /// taken the connection ends.
    func mayKeep(_ bytes: Int, _ connection: Connection) -> Bool {
        if bytes <= EarlyTraffic.freeBytes || session(of: connection)?.state == .open { return true }
        if early.announced(bytes, of: connection.tag) { return true }
        connection.end(.beforeLogin)
        return false
    }

    /// Whether a login may be tried; one that may counts until it is known what came of it.
    func limit(_ login: LoginFields, _ connection: Connection) -> LoginRefusal? {
        if shared.memoryUsedUp.load(ordering: .relaxed) {
            return refuse(.memory, .unavailable, "the node is full, try another one or later")
        }
        guard let remote = connection.remoteAddress else { return nil }
        let second = loop.now / 1_000_000_000
        guard shared.addresses.mayLogIn(remote.host, second: second) else {
            return refuse(.address, .tooManyRequests, "too many failed logins")
        }
        if !login.isGuess { return nil }
        guard let seconds = shared.backOff.begin(login.uid, from: remote.host, second: second) else { return nil }
        return refuse(.user, .tooManyRequests, "too many failed logins of this user, try again in \(seconds) s")
    }

    private func refuse(_ limit: LoginLimit, _ code: ResultCode, _ info: String) -> LoginRefusal {
        statistics.limitedLogins[limit.rawValue] &+= 1
        return LoginRefusal(code: code, info: info)
    }

    func loginSucceeded(_ login: LoginFields, _ connection: Connection) {
        if !early.isEmpty { early.forget(connection.tag) }
        guard login.isGuess, let remote = connection.remoteAddress else { return }
        shared.backOff.succeeded(login.uid, from: remote.host)
    }

    /// It failed for another reason than who it is.
    func loginWithdrawn(_ login: LoginFields) {
        if login.isGuess { shared.backOff.withdrawn(login.uid) }
    }
}

extension LoginFields {
    /// Whether it could be somebody who tries passwords.
    fileprivate var isGuess: Bool { !uid.isEmpty && !bringsToken }
}
