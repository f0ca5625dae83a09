import Crypto

/// SHA-1 as Redis names scripts by. Not for anything secret.
enum SHA1 {
    static func hex(_ message: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: Insecure.SHA1.hash(data: message).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
