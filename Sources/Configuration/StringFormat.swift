/// What a string key accepts.
public enum StringFormat: Sendable, Hashable {
    case any
    /// Free text that must not be empty.
    case filled
    /// A name for people and metrics: 1 to 64 letters, digits, `.`, `_`, `-`.
    case name
    /// A host name or address to listen at or to connect to.
    case host
    /// A host name or address, or nothing.
    case optionalHost
    /// An HTTP path or a ZooKeeper path: starts with `/`.
    case absolutePath
    /// A Redis server, the sentinels of one, or a Redis Cluster: `RedisConfiguration` knows the rest.
    case redisURL
    /// `http://` or `https://`, or nothing.
    case optionalHTTPURL
    /// `https://chat.example`, `same-host` or `*`.
    case origin
    /// `HOST:PORT`.
    case address
    /// `HOST:PORT`, or nothing.
    case optionalAddress

    /// What is expected, for errors and documentation.
    public var expectation: String {
        switch self {
        case .any: "a string"
        case .filled: "a string that is not empty"
        case .name: "a name of 1 to 64 letters, digits, '.', '_' or '-'"
        case .host: "a host name or address"
        case .optionalHost: "a host name or address, or \"\""
        case .absolutePath: "a path such as /im/chat, without empty parts, . and .., and without ? and #"
        case .redisURL: "a URL redis://HOST:PORT/DB, redis-sentinel://HOST:PORT,HOST:PORT/MASTER/DB or redis-cluster://HOST:PORT,HOST:PORT"
        case .optionalHTTPURL: "a URL http://HOST or https://HOST, or \"\""
        case .origin: "an origin such as https://chat.example, \"same-host\" or \"*\""
        case .address: "HOST:PORT"
        case .optionalAddress: "HOST:PORT, or \"\""
        }
    }

    /// Whether `text` has this format.
    func accepts(_ text: String) -> Bool {
        switch self {
        case .any: true
        case .filled: !text.isEmpty
        case .name: (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { Self.isWord($0) || $0 == UInt8(ascii: ".") }
        case .host: Self.isHost(text)
        case .optionalHost: text.isEmpty || Self.isHost(text)
        case .absolutePath: text == "/" || Self.isAbsolutePath(text)
        case .redisURL: Self.isRedisURL(text)
        case .optionalHTTPURL: text.isEmpty || Self.isHTTPURL(text)
        case .origin: text == "same-host" || text == "*" || Self.isOrigin(text)
        case .address: Self.isAddress(text)
        case .optionalAddress: text.isEmpty || Self.isAddress(text)
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func isAbsolutePath(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count > 1 && parts[0].isEmpty
            && parts.dropFirst().allSatisfy { part in
                !part.isEmpty && part != "." && part != ".." && !part.contains { $0.isWhitespace || $0 == "?" || $0 == "#" }
            }
    }

    private static func isHost(_ text: String) -> Bool {
        // IPv6 addresses have colons, and a scope after '%'.
        (1...255).contains(text.utf8.count)
            && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "%") }
            && (!text.contains(":") || text.filter { $0 == ":" }.count > 1)
    }

    private static func isAddress(_ text: String) -> Bool {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else { return false }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return (1...65535).contains(port) && isHost(String(host))
    }

    /// As browsers send it: no path, not even a `/`.
    private static func isOrigin(_ text: String) -> Bool {
        guard let scheme = text.firstRange(of: "://"), scheme.lowerBound > text.startIndex else { return false }
        let rest = text[scheme.upperBound...]
        return !rest.isEmpty && !rest.contains { $0 == "/" || $0.isWhitespace }
    }

    private static func isHTTPURL(_ text: String) -> Bool {
        ["http://", "https://"].contains { text.hasPrefix($0) && text.count > $0.count } && !text.contains { $0.isWhitespace }
    }

    private static func isRedisURL(_ text: String) -> Bool {
        let schemes = ["redis", "rediss", "redis-sentinel", "rediss-sentinel", "redis-cluster", "rediss-cluster"].map { "\($0)://" }
        guard let scheme = schemes.first(where: text.hasPrefix) else { return false }
        let rest = text.dropFirst(scheme.count)
        return !rest.isEmpty && !rest.hasPrefix("/") && !rest.contains { $0.isWhitespace }
    }
}
