import Synchronization

/// Slows attempts to log in as one user after some that failed, wherever they come from: against a password that is guessed from many
/// addresses. Any thread.
///
/// Nobody is locked out: after the free attempts one more is let through each 1, 2, 4 ... at most 30 seconds, and from where the user has
/// logged in of late attempts are never held back by this (the limit by address holds there). An attempt counts when it begins, so that many
/// at once are no way around, and is taken back when it was no failure.
///
/// Users are remembered by hashes under a key of this process: a name costs the same however long it is, and nobody can pick names that
/// collide.
public final class LoginBackOff: Sendable {
    struct Attempts {
        var count: UInt32 = 0
        /// The next one may be made from this second on; 0: at once.
        var next: UInt64 = 0
        var last: UInt64 = 0
    }

    fileprivate struct State {
        var users = RecentTable<Int, Attempts>(capacity: LoginBackOff.mostUsers)
        /// Hashes of user and address that logged in; each has one place, the later one stays.
        var places: [Int] = []
    }

    /// The longest an attempt waits, in seconds.
    public static let longest: UInt64 = 30
    /// After so many seconds without an attempt all is forgotten.
    static let memory: UInt64 = 900
    static let mostUsers = 100_000
    static let mostPlaces = 1 << 16

    private let free: Int
    private let state = Mutex(State())

    /// - Parameter failures: those that cost nothing yet; 0: there is no limit, and nothing is remembered.
    public init(failures: Int) { free = failures }

    /// An attempt begins; one of the three functions below says what came of it.
    /// - Parameters:
    ///   - address: without a port.
    ///   - second: monotonic.
    /// - Returns: nil when it may be made, else the seconds until the next one may; nothing is to be said of it then.
    public func begin(_ user: some Collection<UInt8>, from address: String, second: UInt64) -> UInt64? {
        guard free > 0 else { return nil }
        let key = Self.key(user)
        let place = Self.place(key, address)
        return state.withLock { state in
            var attempts = state.users[key] ?? Attempts()
            if second &- attempts.last >= Self.memory { attempts = Attempts() }
            if attempts.count >= free, !state.knows(place) {
                if second < attempts.next { return attempts.next - second }
                let doublings = min(UInt64(attempts.count) - UInt64(free), 16)
                attempts.next = second + min(UInt64(1) << doublings, Self.longest)
            }
            attempts.count += 1
            attempts.last = second
            state.users[key] = attempts
            return nil
        }
    }

    /// The user was let in. Attempts of others count as before.
    public func succeeded(_ user: some Collection<UInt8>, from address: String) {
        guard free > 0 else { return }
        let key = Self.key(user)
        let place = Self.place(key, address)
        state.withLock { state in
            state.takeBack(key)
            state.learn(place)
        }
    }

    /// It came to nothing that says anything about a password.
    public func withdrawn(_ user: some Collection<UInt8>) {
        guard free > 0 else { return }
        let key = Self.key(user)
        state.withLock { $0.takeBack(key) }
    }

    private static func key(_ user: some Collection<UInt8>) -> Int {
        var hasher = Hasher()
        for byte in user { hasher.combine(byte) }
        return hasher.finalize()
    }

    private static func place(_ user: Int, _ address: String) -> Int {
        var hasher = Hasher()
        hasher.combine(user)
        hasher.combine(AddressGroup.of(address))
        return hasher.finalize()
    }
}

extension LoginBackOff.State {
    fileprivate mutating func takeBack(_ key: Int) {
        guard var attempts = users[key] else { return }
        attempts.count -= min(attempts.count, 1)
        users[key] = attempts.count == 0 ? nil : attempts
    }

    private static func index(_ place: Int) -> Int { place & (LoginBackOff.mostPlaces - 1) }

    fileprivate func knows(_ place: Int) -> Bool { !places.isEmpty && places[Self.index(place)] == place }

    fileprivate mutating func learn(_ place: Int) {
        if places.isEmpty { places = [Int](repeating: 0, count: LoginBackOff.mostPlaces) }
        places[Self.index(place)] = place
    }
}
