/// The request that asks for a WebSocket (RFC 6455, 4.2.1), as far as it matters here.
public struct UpgradeRequest: Equatable, Sendable {
    public enum Reading: Equatable, Sendable {
        /// More bytes are needed.
        case partial
        /// `size`: bytes of the request; what follows are frames.
        case request(UpgradeRequest, size: Int)
        case fault(UpgradeRefusal)
    }

    /// Most bytes of a request.
    public static let most = 8192
    private static let mostFields = 100

    public var method = ""
    /// Without what follows a `?`.
    public var path = ""
    public var host: String?
    public var origin: String?
    var upgrade: [String] = []
    var connection: [String] = []
    var key: String?
    var version: String?
    var hasBody = false

    /// Looks at what came so far.
    public static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
        guard let first = bytes.first else { return .partial }
        // A client of something else would wait for an answer for long.
        guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) else { return .fault(.badRequest) }
        guard let size = headSize(bytes.prefix(most)) else { return bytes.count >= most ? .fault(.tooLarge) : .partial }
        guard let request = UpgradeRequest(String(decoding: bytes.prefix(size - 4), as: UTF8.self)) else { return .fault(.badRequest) }
        return .request(request, size: size)
    }

    /// Bytes up to the empty line, with it.
    private static func headSize(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        guard bytes.count >= 4 else { return nil }
        let end: (UInt8, UInt8) = (13, 10)
        for index in 0...bytes.count - 4 where bytes[index] == end.0 {
            if bytes[index + 1] == end.1, bytes[index + 2] == end.0, bytes[index + 3] == end.1 { return index + 4 }
        }
        return nil
    }

    private init?(_ head: String) {
        // A line break is one scalar to Swift.
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
        guard let line = lines.first, lines.count <= Self.mostFields + 1 else { return nil }
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2] == "HTTP/1.1", words[1].hasPrefix("/") else { return nil }
        method = String(words[0])
        path = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? ""
        for line in lines.dropFirst() { if !take(line) { return nil } }
    }

    private mutating func take(_ line: Substring) -> Bool {
        guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else { return false }
        let name = line[..<colon].lowercased()
        // Fields over several lines are history, and stray line ends are attempts.
        guard name.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), line.utf8.allSatisfy({ $0 >= 32 || $0 == 9 }) else { return false }
        let value = line[line.index(after: colon)...].trimmed
        switch name {
        case "host": return Self.once(&host, value)
        case "origin": return Self.once(&origin, value)
        case "sec-websocket-key": return Self.once(&key, value)
        case "sec-websocket-version": return Self.once(&version, value)
        case "upgrade": upgrade += value.words
        case "connection": connection += value.words
        case "content-length": hasBody = hasBody || value != "0"
        case "transfer-encoding": hasBody = true
        default: break
        }
        return true
    }

    private static func once(_ field: inout String?, _ value: Substring) -> Bool {
        guard field == nil else { return false }
        field = String(value)
        return true
    }
}

extension Substring {
    /// Without blanks around it.
    fileprivate var trimmed: Substring {
        var rest = self
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest
    }

    /// Those between commas.
    fileprivate var words: [String] { split(separator: ",").map { $0.trimmed.lowercased() } }
}
