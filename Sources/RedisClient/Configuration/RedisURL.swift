/// A URL of Redis, taken apart: `SCHEME://USER:PASSWORD@HOST:PORT,HOST:PORT/PATH/PATH?KEY=VALUE`. Pure.
struct RedisURL {
    var scheme: String
    var user: String?
    var password: String?
    var addresses: [RedisAddress] = []
    var path: [String] = []
    var options: [(key: String, value: String)] = []

    init(_ url: String, defaultPort: (_ scheme: String) -> Int?) throws(RedisError) {
        guard let mark = url.firstRange(of: "://") else { throw Self.fault("has no scheme such as redis://") }
        scheme = url[..<mark.lowerBound].lowercased()
        guard let port = defaultPort(scheme) else {
            throw Self.fault("has the scheme '\(scheme)'; known are redis, rediss, redis-sentinel, redis-cluster")
        }
        var rest = url[mark.upperBound...]
        if let question = rest.firstIndex(of: "?") {
            options = try Self.options(rest[rest.index(after: question)...])
            rest = rest[..<question]
        }
        if let slash = rest.firstIndex(of: "/") {
            for part in rest[rest.index(after: slash)...].split(separator: "/") { path.append(try Self.decoded(part)) }
            rest = rest[..<slash]
        }
        if let at = rest.lastIndex(of: "@") {
            try takeCredentials(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        for part in rest.split(separator: ",", omittingEmptySubsequences: false) { addresses.append(try Self.address(part, port)) }
    }

    private mutating func takeCredentials(_ text: Substring) throws(RedisError) {
        guard let colon = text.firstIndex(of: ":") else {
            user = try Self.decoded(text)
            return
        }
        let name = try Self.decoded(text[..<colon])
        user = name.isEmpty ? nil : name
        password = try Self.decoded(text[text.index(after: colon)...])
    }

    private static func address(_ text: Substring, _ defaultPort: Int) throws(RedisError) -> RedisAddress {
        var host = text
        var port = defaultPort
        let end = text.hasPrefix("[") ? text.firstIndex(of: "]") ?? text.startIndex : text.startIndex
        if let colon = text[end...].lastIndex(of: ":") {
            guard let number = Int(text[text.index(after: colon)...]), (1...65_535).contains(number) else {
                throw fault("has a port that is no number from 1 to 65535, in '\(text)'")
            }
            port = number
            host = text[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return RedisAddress(host.isEmpty ? "127.0.0.1" : try decoded(host), port)
    }

    private static func options(_ text: Substring) throws(RedisError) -> [(key: String, value: String)] {
        var found: [(key: String, value: String)] = []
        for part in text.split(separator: "&") {
            let equals = part.firstIndex(of: "=") ?? part.endIndex
            let value = equals == part.endIndex ? "" : part[part.index(after: equals)...]
            found.append((try decoded(part[..<equals]), try decoded(value)))
        }
        return found
    }

    /// `%41` is `A`.
    private static func decoded(_ text: Substring) throws(RedisError) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = hex(rest.popFirst()), let low = hex(rest.popFirst()) else { throw fault("has a % without two hex digits") }
            bytes.append(high << 4 | low)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hex(_ byte: UInt8?) -> UInt8? {
        switch byte {
        case .some(let digit) where digit &- 48 < 10: digit - 48
        case .some(let digit) where (digit | 32) &- 97 < 6: (digit | 32) - 87
        default: nil
        }
    }

    /// The URL itself stays out of the message: it may hold a password.
    static func fault(_ what: String) -> RedisError { RedisError(.configuration, "the URL of Redis \(what)") }
}
