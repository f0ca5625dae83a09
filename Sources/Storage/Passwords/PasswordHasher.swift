import Crypto
import Foundation
import _CryptoExtras

/// Hashes passwords with salted scrypt (RFC 7914). Slow on purpose: call it off the event loops.
public struct PasswordHasher: Sendable {
    private let cost: ScryptCost
    /// Of a password nobody knows: checked when there is no user, so that time does not tell.
    private let decoy: PasswordHash

    public init(cost: ScryptCost = .standard) {
        self.cost = cost
        decoy = PasswordHash(cost: cost, salt: Self.randomBytes(16), hash: Self.randomBytes(32))
    }

    /// A text to store, `$scrypt$...`, with a fresh salt.
    public func hash(_ password: String) throws -> String {
        let salt = Self.randomBytes(16)
        let key = try Self.derive(password, salt: salt, count: 32, cost)
        return PasswordHash(cost: cost, salt: salt, hash: key.withUnsafeBytes { Array($0) }).text
    }

    /// Whether `stored` is a hash of `password`, compared in constant time. With `stored` nil (no such user) or unreadable it works
    /// as long and says no.
    public func verify(_ password: String, against stored: String?) throws -> Bool {
        let known = stored.flatMap(PasswordHash.init)
        return try Self.matches(password, known ?? decoy) && known != nil
    }

    static func matches(_ password: String, _ expected: PasswordHash) throws -> Bool {
        let key = try derive(password, salt: expected.salt, count: expected.hash.count, expected.cost)
        // SymmetricKey compares in constant time.
        return key == SymmetricKey(data: expected.hash)
    }

    private static func derive(_ password: String, salt: [UInt8], count: Int, _ cost: ScryptCost) throws -> SymmetricKey {
        try KDF.Scrypt.deriveKey(
            from: Array(password.utf8), salt: salt, outputByteCount: count, rounds: 1 << cost.exponent, blockSize: cost.blockSize,
            parallelism: cost.parallelism)
    }

    private static func randomBytes(_ count: Int) -> [UInt8] {
        SymmetricKey(size: SymmetricKeySize(bitCount: count * 8)).withUnsafeBytes { Array($0) }
    }
}
