import Crypto
import Origins

/// Which requests become WebSockets, and the answers.
public struct UpgradeRule: Sendable {
    private let path: String
    private let origins: OriginRule

    public init(path: String, origins: OriginRule) {
        self.path = path
        self.origins = origins
    }

    public enum Verdict: Equatable, Sendable {
        /// The answer after which frames go both ways.
        case accepted(String)
        case refused(UpgradeRefusal)
    }

    public func judge(_ request: UpgradeRequest) -> Verdict {
        guard request.path == path else { return .refused(.wrongPath) }
        guard request.method == "GET" else { return .refused(.wrongMethod) }
        guard request.upgrade.contains("websocket"), request.connection.contains("upgrade"), request.version == "13" else {
            return .refused(.notAnUpgrade)
        }
        guard request.host != nil, !request.hasBody, let key = request.key, Self.isKey(key) else { return .refused(.badRequest) }
        guard origins.allows(request.origin, host: request.host) else { return .refused(.wrongOrigin) }
        // No extension and no subprotocol is agreed upon.
        return .accepted(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: \(Self.acceptance(of: key))\r\n\r\n")
    }

    /// 16 bytes in base64.
    private static func isKey(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        return bytes.count == 24 && bytes.hasSuffix("==") && bytes.dropLast(2).allSatisfy(Base64.isDigit)
    }

    static func acceptance(of key: String) -> String {
        Base64.encode(Array(Insecure.SHA1.hash(data: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))))
    }
}

extension [UInt8] {
    fileprivate func hasSuffix(_ text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
