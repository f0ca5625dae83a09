import Crypto
import Messaging

extension MessageName.Secret {
    /// What a cluster's secret gives: not the secret itself, which proves who a node is.
    init(derivedFrom secret: String) {
        let code = HMAC<SHA256>.authenticationCode(for: Array("names of messages".utf8), using: SymmetricKey(data: Array(secret.utf8)))
        self = code.withUnsafeBytes { bytes in
            Self(
                UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }
}
