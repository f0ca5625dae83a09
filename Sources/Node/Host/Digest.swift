import Crypto

/// The digests of hpush.crypto, as lower-case hex.
package enum Digest {
    package static func sha256(_ text: [UInt8]) -> String { hex(SHA256.hash(data: text)) }

    package static func hmac(key: [UInt8], _ text: [UInt8]) -> String {
        hex(HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: key)))
    }

    /// Compares in a time that depends on the lengths only.
    package static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        // Digests first: equal lengths, and nothing to learn from how long a comparison takes.
        let key = SymmetricKey(size: .bits256)
        let code = HMAC<SHA256>.authenticationCode(for: left, using: key)
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: right, using: key)
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
