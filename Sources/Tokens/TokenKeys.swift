import JWTKit

/// The tokens of the gate: JWT, HS256, `sub` the uid, `exp` required. The gate issues them, nodes check them, and both have the secret.
public struct TokenKeys: Sendable {
    struct Claims: JWTPayload {
        var sub: SubjectClaim
        var exp: ExpirationClaim

        func verify(using algorithm: some JWTAlgorithm) throws { try exp.verifyNotExpired() }
    }

    /// How long an issued token is good unless said otherwise. Seconds.
    public static let lifetime: Double = 3600

    /// A secret has at least so many bytes to be worth the name (RFC 7518, 3.2).
    public static let goodSecret = 32

    private let keys: JWTKeyCollection

    public init(secret: String) async {
        keys = JWTKeyCollection()
        // The library asks for keys as long as the hash. HMAC fills shorter ones with zeros, so this changes no signature.
        var key = Array(secret.utf8)
        if key.count < Self.goodSecret { key += [UInt8](repeating: 0, count: Self.goodSecret - key.count) }
        await keys.add(hmac: HMACKey(from: key), digestAlgorithm: .sha256)
    }

    /// The uid a token was issued for; nil when it is not ours or has expired.
    public func verify(_ token: String) async -> String? {
        // Passwords arrive in the same field; most are no token by their look.
        guard token.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 2 else { return nil }
        return try? await keys.verify(token, as: Claims.self).sub.value
    }

    /// - Parameter seconds: how long it is good, from now.
    public func issue(_ uid: String, seconds: Double = lifetime) async throws -> String {
        try await keys.sign(Claims(sub: .init(value: uid), exp: .init(value: .init(timeIntervalSinceNow: seconds))))
    }
}
