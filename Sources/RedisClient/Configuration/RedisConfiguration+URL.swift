extension RedisConfiguration {
    /// The forms:
    ///
    ///     redis://user:password@host:port/db
    ///     redis-sentinel://user:password@host:port,host:port/mastername/db
    ///     redis-cluster://user:password@host:port,host:port
    ///
    /// `rediss://`, `rediss-sentinel://` and `rediss-cluster://` are the same by TLS, which `RedisClient` has to be given.
    ///
    /// All but the scheme and a host may be left out (ports: 6379, sentinels' 26379). What would disturb is written as `%HH`. Options after
    /// a `?`, joined by `&`: `protocol=2`, `client_name=`, `timeout_ms=` (a command's), `connect_timeout_ms=`, `sentinel_user=`,
    /// `sentinel_password=`.
    ///
    /// - Throws: `RedisError.configuration` that says what is wrong; it never repeats the password.
    public init(url: String) throws(RedisError) {
        let parts = try RedisURL(url) { scheme in
            switch scheme {
            case "redis", "rediss", "redis-cluster", "rediss-cluster": 6379
            case "redis-sentinel", "rediss-sentinel": 26_379
            default: nil
            }
        }
        var path = parts.path[...]
        let isSecure = parts.scheme.hasPrefix("rediss")
        switch isSecure ? "redis" + parts.scheme.dropFirst("rediss".count) : parts.scheme {
        case "redis-sentinel":
            guard let master = path.popFirst() else {
                throw RedisURL.fault("names no master: redis-sentinel://HOST:PORT/MASTERNAME")
            }
            self.init(.sentinel(parts.addresses, master: master))
        case "redis-cluster": self.init(.cluster(parts.addresses))
        default:
            guard parts.addresses.count == 1 else {
                throw RedisURL.fault("names several servers; that takes redis-cluster:// or redis-sentinel://")
            }
            self.init(.single(parts.addresses[0]))
        }
        self.isSecure = isSecure
        user = parts.user
        password = parts.password
        if user != nil, password == nil { throw RedisURL.fault("names a user without a password") }
        if let text = path.popFirst() {
            guard let number = Int(text), number >= 0 else { throw RedisURL.fault("has the database '\(text)', which is no number") }
            database = number
        }
        guard path.isEmpty else { throw RedisURL.fault("has too many parts after the host") }
        if case .cluster = deployment, database != 0 { throw RedisURL.fault("names database \(database); a Redis Cluster has only 0") }
        for option in parts.options { try take(option.key, option.value) }
    }

    private mutating func take(_ key: String, _ value: String) throws(RedisError) {
        switch key {
        case "protocol":
            guard value == "2" || value == "3" else { throw RedisURL.fault("asks for protocol '\(value)'; there are 2 and 3") }
            protocolVersion = value == "2" ? 2 : 3
        case "client_name": clientName = value
        case "timeout_ms": commandTimeout = try Self.milliseconds(key, value)
        case "connect_timeout_ms": connectTimeout = try Self.milliseconds(key, value)
        case "sentinel_user": sentinelUser = value
        case "sentinel_password": sentinelPassword = value
        default: throw RedisURL.fault("has the unknown option '\(key)'")
        }
    }

    private static func milliseconds(_ key: String, _ value: String) throws(RedisError) -> Int {
        guard let number = Int(value), (1...86_400_000).contains(number) else {
            throw RedisURL.fault("has \(key)=\(value); expected milliseconds from 1 to 86400000")
        }
        return number
    }
}
