import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import PluginHost

/// The table that `hpush.http` takes, checked.
package struct HTTPCall {
    static let mostURL = 8192
    static let mostHeaders = 64
    /// Bytes of names and values together.
    static let mostHeaderBytes = 16 << 10
    /// Seconds.
    static let usualTimeout: Double = 3

    private static let methods: Set = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    private static let keys = ["method", "url", "headers", "body", "timeout"]
    /// What follows from the rest of the request, or would change what a connection means to the next one.
    private static let ownHeaders: Set = ["connection", "content-length", "expect", "te", "trailer", "transfer-encoding", "upgrade"]

    let request: HTTPClient.Request
    /// Seconds.
    let timeout: Double

    /// - Parameter longest: seconds that the handler may wait.
    /// - Throws: `HostCallError` that names the key and what was expected.
    package init(_ table: LuaValue, longest: Double) throws {
        guard let entries = table.entries, case .table = table else {
            throw HostCallError("hpush.http takes a table such as { url = \"https://example.com/\" }, not a \(table.kind)")
        }
        for entry in entries {
            guard let key = entry.key.text, Self.keys.contains(key) else {
                let name = entry.key.text.map { "'\($0)'" } ?? "a \(entry.key.kind)"
                throw HostCallError("unknown key \(name); known are \(Self.keys.joined(separator: ", "))")
            }
        }
        timeout = min(try Self.timeout(table["timeout"]), longest)
        request = try Self.request(
            url: Self.url(table["url"]), method: Self.method(table["method"]), headers: Self.headers(table["headers"]),
            body: Self.body(table["body"]))
    }

    private static func request(url: URL, method: HTTPMethod, headers: HTTPHeaders, body: [UInt8]?) throws -> HTTPClient.Request {
        do { return try HTTPClient.Request(url: url, method: method, headers: headers, body: body.map { .bytes($0) }) } catch {
            throw HostCallError("url '\(url.absoluteString.prefix(200))' can't be asked: \(error)")
        }
    }

    private static func url(_ value: LuaValue?) throws -> URL {
        guard let text = value?.text else { throw HostCallError("url is a string such as \"https://example.com/\", \(found(value))") }
        guard text.utf8.count <= mostURL else { throw HostCallError("url has \(mostURL) bytes at most") }
        let shown = text.prefix(200)
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), let host = url.host, !host.isEmpty else {
            throw HostCallError("url '\(shown)' is no URL such as \"https://example.com/\"")
        }
        guard scheme == "http" || scheme == "https" else { throw HostCallError("url '\(shown)' is neither http nor https") }
        guard url.user == nil, url.password == nil else {
            throw HostCallError("url must not hold a user or password; set the header 'authorization'")
        }
        return url
    }

    private static func method(_ value: LuaValue?) throws -> HTTPMethod {
        guard let value else { return .GET }
        guard let text = value.text?.uppercased(), methods.contains(text) else {
            throw HostCallError("method is one of \(methods.sorted().joined(separator: ", ")), \(found(value))")
        }
        return HTTPMethod(rawValue: text)
    }

    private static func timeout(_ value: LuaValue?) throws -> Double {
        guard let value else { return usualTimeout }
        guard let seconds = value.number, seconds > 0, seconds.isFinite else {
            throw HostCallError("timeout is a number of seconds above 0, \(found(value))")
        }
        return seconds
    }

    private static func body(_ value: LuaValue?) throws -> [UInt8]? {
        guard let value else { return nil }
        guard let bytes = value.bytes else {
            throw HostCallError("body is a string (hpush.json.encode makes one of a table), \(found(value))")
        }
        guard bytes.count <= PluginHTTP.mostBody else { throw HostCallError("body has \(PluginHTTP.mostBody >> 20) MB at most") }
        return bytes
    }

    private static func headers(_ value: LuaValue?) throws -> HTTPHeaders {
        var headers = HTTPHeaders()
        var size = 0
        if let value {
            guard case .table(let entries) = value else { throw HostCallError("headers is a table of values by name, \(found(value))") }
            guard entries.count <= mostHeaders else { throw HostCallError("headers has \(mostHeaders) entries at most") }
            for entry in entries {
                let (name, value) = try header(entry)
                size += name.utf8.count + value.utf8.count
                headers.add(name: name, value: value)
            }
            guard size <= mostHeaderBytes else { throw HostCallError("headers has \(mostHeaderBytes >> 10) KB at most") }
        }
        if !headers.contains(name: "user-agent") { headers.add(name: "user-agent", value: "hpush/\(Node.version)") }
        return headers
    }

    private static func header(_ entry: LuaValue.Entry) throws -> (name: String, value: String) {
        guard let name = entry.key.text, !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else {
            throw HostCallError("'\(entry.key.text ?? entry.key.kind)' is no name of a header")
        }
        if ownHeaders.contains(name.lowercased()) { throw HostCallError("header '\(name)' is the host's to set") }
        let value: String
        switch entry.value {
        case .integer(let number): value = "\(number)"
        default: value = entry.value.text ?? "\u{0}"
        }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
            throw HostCallError("header '\(name)' is a string of one line")
        }
        return (name, value)
    }

    /// RFC 9110, "token".
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func found(_ value: LuaValue?) -> String {
        guard let value else { return "which is missing" }
        return value.text.map { "not '\($0.prefix(200))'" } ?? "not a \(value.kind)"
    }
}
