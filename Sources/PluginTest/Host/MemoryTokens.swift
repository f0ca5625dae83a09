import Crypto
import Foundation

/// The gate's tokens (JWT, HS256) on a clock of one's own.
struct MemoryTokens {
    private let key = SymmetricKey(size: .bits256)
    private static let header = #"{"alg":"HS256","typ":"JWT"}"#

    private struct Claims: Codable {
        var sub: String
        var exp: Double
    }

    /// - Parameter now: seconds since 1970.
    func issue(_ uid: String, seconds: Double, now: Double) -> String {
        let claims = (try? JSONEncoder().encode(Claims(sub: uid, exp: now + seconds))) ?? Data()
        let signed = Self.text(Data(Self.header.utf8)) + "." + Self.text(claims)
        return signed + "." + Self.text(Data(HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: key)))
    }

    /// The uid a token was issued for; nil when it is not ours or has expired.
    func verify(_ token: String, now: Double) -> String? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let code = Self.data(parts[2]), let payload = Self.data(parts[1]),
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Data("\(parts[0]).\(parts[1])".utf8), using: key),
            let claims = try? JSONDecoder().decode(Claims.self, from: payload), claims.exp > now
        else { return nil }
        return claims.sub
    }

    private static func text(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func data(_ text: String) -> Data? {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4))
    }
}
