import Foundation

/// A stored hash: `$scrypt$ln=14,r=8,p=1$SALT$HASH` with base64 without padding, the PHC string format
/// (github.com/P-H-C/phc-string-format). The cost is stored with each hash, so it can be raised later.
struct PasswordHash: Sendable, Hashable {
    var cost: ScryptCost
    var salt: [UInt8]
    var hash: [UInt8]

    init(cost: ScryptCost, salt: [UInt8], hash: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.hash = hash
    }

    /// Nil where `text` has another format.
    init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
        let numbers = zip(parts[2].split(separator: ","), ["ln=", "r=", "p="]).compactMap { part, name in
            part.hasPrefix(name) ? Int(part.dropFirst(name.count)) : nil
        }
        guard numbers.count == 3, parts[2].split(separator: ",").count == 3,
            let cost = ScryptCost(exponent: numbers[0], blockSize: numbers[1], parallelism: numbers[2]),
            let salt = Self.decode(parts[3]), let hash = Self.decode(parts[4]), salt.count >= 8, hash.count >= 16
        else { return nil }
        self.init(cost: cost, salt: salt, hash: hash)
    }

    var text: String {
        "$scrypt$ln=\(cost.exponent),r=\(cost.blockSize),p=\(cost.parallelism)$\(Self.encode(salt))$\(Self.encode(hash))"
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("=", with: "")
    }

    private static func decode(_ text: Substring) -> [UInt8]? {
        Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4)).map { [UInt8]($0) }
    }
}
