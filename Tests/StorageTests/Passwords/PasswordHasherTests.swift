import Foundation
import Testing

@testable import Storage

@Suite struct PasswordHasherTests {
    @Test func storesFormatCostAndSalt() throws {
        let text = try PasswordHasher().hash("secret")
        #expect(text.wholeMatch(of: /\$scrypt\$ln=14,r=8,p=1\$[A-Za-z0-9+\/]{22}\$[A-Za-z0-9+\/]{43}/) != nil)
        #expect(try PasswordHasher().verify("secret", against: text))
        #expect(try !PasswordHasher().verify("Secret", against: text))
    }

    @Test func everyHashHasItsOwnSalt() throws {
        let hasher = PasswordHasher(cost: .trivial)
        #expect(try hasher.hash("a") != hasher.hash("a"))
    }

    @Test func aRaisedCostLeavesOldHashesValid() throws {
        let old = try PasswordHasher(cost: .trivial).hash("secret")
        #expect(try PasswordHasher().verify("secret", against: old))
    }

    /// RFC 7914, section 12: scrypt("password", "NaCl", N=1024, r=8, p=16).
    @Test func isScrypt() throws {
        let expected =
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
            + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
        let digits = Array(expected)
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
        let cost = try #require(ScryptCost(exponent: 10, blockSize: 8, parallelism: 16))
        let hash = PasswordHash(cost: cost, salt: Array("NaCl".utf8), hash: bytes)
        #expect(try PasswordHasher.matches("password", hash))
        #expect(try !PasswordHasher.matches("passwore", hash))
    }

    @Test(arguments: [
        "", "secret", "$scrypt$", "$scrypt$ln=99,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=20,r=32,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=14,r=8$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2$ln=2,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=2,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$", "$scrypt$ln=2,r=1,p=1$!$AAAAAAAAAAAAAAAAAAAAAA",
    ])
    func anUnreadableHashIsNobodysPassword(_ stored: String) throws {
        #expect(try !PasswordHasher(cost: .trivial).verify("secret", against: stored))
    }

    @Test func anUnknownUserCostsAsMuch() throws {
        let hasher = PasswordHasher()
        let stored = try hasher.hash("secret")
        let clock = ContinuousClock()
        let known = try clock.measure { _ = try hasher.verify("wrong", against: stored) }
        let unknown = try clock.measure { _ = try hasher.verify("wrong", against: nil) }
        // A skipped hash would be thousands of times faster; noise is not.
        #expect(unknown * 10 > known)
    }
}
