import Crypto
import PluginHost

// hpush.crypto: digests as lower-case hex.
extension HostFunctions {
    static let crypto: [HostFunction<NodeLoop>] = [
        HostFunction("crypto.sha256", need: "crypto") { call, _ in
            .values([.text(hex(SHA256.hash(data: try call.bytes(0, "text"))))])
        },
        HostFunction("crypto.hmac", need: "crypto") { call, _ in
            let key = SymmetricKey(data: try call.bytes(0, "key"))
            return .values([.text(hex(HMAC<SHA256>.authenticationCode(for: try call.bytes(1, "text"), using: key)))])
        },
        HostFunction("crypto.constant_time_equal", need: "crypto") { call, _ in
            let left = try call.bytes(0, "left")
            let right = try call.bytes(1, "right")
            // Digests first: equal lengths, and nothing to learn from how long a comparison takes.
            let key = SymmetricKey(size: .bits256)
            let code = HMAC<SHA256>.authenticationCode(for: left, using: key)
            return .values([.bool(HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: right, using: key))])
        },
    ]

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
