/// The id of an ACL entry of scheme `digest`: `user:base64(sha1(user:password))`.
enum DigestID {
    static func make(user: String, password: String) -> String {
        "\(user):\(base64(SHA1.hash(Array("\(user):\(password)".utf8))))"
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func base64(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var value: UInt32 = 0
            for byte in group { value = value << 8 | UInt32(byte) }
            value <<= 8 * UInt32(3 - group.count)
            for position in 0..<4 {
                text.append(position <= group.count ? alphabet[Int(value >> UInt32(18 - 6 * position) & 63)] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
