import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import PluginHost

/// What `hpush.http` returns: `{ status =, headers =, body = }`, or nil and a reason.
enum HTTPAnswer {
    /// Bytes of an answer's headers, names and values together.
    static let mostHeaderBytes = 64 << 10

    static func values(_ result: Result<HTTPClient.Response, any Error>) -> [LuaValue] {
        switch result {
        case .success(let response):
            guard let headers = headers(response.headers) else {
                return failure("the answer's headers are over \(mostHeaderBytes >> 10) KB")
            }
            let body = response.body.map { Array($0.readableBytesView) } ?? []
            return [.fields(["status": .integer(Int64(response.status.code)), "headers": headers, "body": .string(body)])]
        case .failure(let error): return failure(reason(error))
        }
    }

    static func failure(_ reason: String) -> [LuaValue] { [.nil, .text(reason)] }

    /// By lower-case name; several of one name are joined by ", " as HTTP means them.
    private static func headers(_ headers: HTTPHeaders) -> LuaValue? {
        var size = 0
        var names: [String] = []
        var values: [String: String] = [:]
        for header in headers {
            size += header.name.utf8.count + header.value.utf8.count
            let name = header.name.lowercased()
            if let value = values[name] {
                values[name] = value + ", " + header.value
            } else {
                values[name] = header.value
                names.append(name)
            }
        }
        guard size <= mostHeaderBytes else { return nil }
        return .table(names.map { .init(.text($0), .text(values[$0] ?? "")) })
    }

    /// One line, with the words that people look for first.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: reason(error)
        case HTTPParserError.invalidEOFState: closed
        case HTTPParserError.headerOverflow: "the answer's headers are over \(mostHeaderBytes >> 10) KB"
        case let error as HTTPParserError: "the answer is no HTTP: \(oneLine(error))"
        case is ResponseAccumulator.ResponseTooBigError: "the answer's body is over \(PluginHTTP.mostBody >> 20) MB"
        case let error as NIOConnectionError: connectFailure(error)
        case let error as IOError: "\(String(cString: strerror(error.errnoCode)).lowercased())"
        default: oneLine(error)
        }
    }

    private static func reason(_ error: HTTPClientError) -> String {
        if timeouts.contains(error) { return "timeout" }
        switch error {
        case .remoteConnectionClosed: return closed
        case .cancelled, .alreadyShutdown: return "the node is shutting down"
        default: return oneLine(error.shortDescription)
        }
    }

    private static let closed = "the connection was closed before the answer was complete"

    private static let timeouts: [HTTPClientError] = [
        .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout,
    ]

    private static func connectFailure(_ error: NIOConnectionError) -> String {
        if let cause = error.connectionErrors.first {
            let text = (cause.error as? IOError).map { String(cString: strerror($0.errnoCode)).lowercased() } ?? oneLine(cause.error)
            return "can't connect to \(error.host):\(error.port): \(text)"
        }
        return "\(error.host) can't be resolved"
    }

    private static func oneLine(_ error: any Error) -> String {
        (String(reflecting: type(of: error)).contains("SSL") ? "TLS: " : "") + oneLine("\(error)")
    }

    private static func oneLine(_ text: String) -> String { String(text.replacing("\n", with: " ").prefix(300)) }
}
