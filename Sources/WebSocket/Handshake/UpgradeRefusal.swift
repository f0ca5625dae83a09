/// Why a request does not become a WebSocket, and how it is answered.
public enum UpgradeRefusal: String, Sendable, CaseIterable {
    case badRequest
    case wrongOrigin
    case wrongPath
    case wrongMethod
    case timedOut
    case notAnUpgrade
    case tooLarge

    private var status: String {
        switch self {
        case .badRequest: "400 Bad Request"
        case .wrongOrigin: "403 Forbidden"
        case .wrongPath: "404 Not Found"
        case .wrongMethod: "405 Method Not Allowed"
        case .timedOut: "408 Request Timeout"
        case .notAnUpgrade: "426 Upgrade Required"
        case .tooLarge: "431 Request Header Fields Too Large"
        }
    }

    private var message: String {
        switch self {
        case .badRequest: "this is no request for a WebSocket"
        case .wrongOrigin: "pages of this origin may not connect (websocket.origins)"
        case .wrongPath: "there is no WebSocket at this path"
        case .wrongMethod: "a WebSocket begins with GET"
        case .timedOut: "the request did not arrive in time"
        case .notAnUpgrade: "a WebSocket of version 13 is expected here"
        case .tooLarge: "the request has too many bytes"
        }
    }

    private var fields: String {
        switch self {
        case .wrongMethod: "Allow: GET\r\n"
        case .notAnUpgrade: "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        default: ""
        }
    }

    /// The whole answer; the connection closes after it.
    public var answer: String {
        let connection = self == .notAnUpgrade ? "Upgrade, close" : "close"
        let text = message + "\n"
        return "HTTP/1.1 \(status)\r\n\(fields)Connection: \(connection)\r\nContent-Type: text/plain; charset=utf-8\r\n"
            + "Content-Length: \(text.utf8.count)\r\n\r\n\(text)"
    }
}
