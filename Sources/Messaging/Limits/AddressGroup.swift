import Glibc

/// Whom limits by address take for one: an IPv4 address, or the /64 network of an IPv6 address, which is what one subscriber has.
public enum AddressGroup {
    /// - Parameter address: as text, without a port.
    /// - Returns: the address itself, or "2001:db8:0:1::/64". Text that is no address stands for itself.
    public static func of(_ address: String) -> String {
        guard address.utf8.contains(UInt8(ascii: ":")) else { return address }
        let plain = address.prefix { $0 != "%" }
        var binary = in6_addr()
        guard inet_pton(AF_INET6, String(plain), &binary) == 1 else { return address }
        let words = withUnsafeBytes(of: &binary) { bytes in
            stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        }
        // An IPv4 client of a listener for both is what it is.
        if words[..<5].allSatisfy({ $0 == 0 }), words[5] == 0xffff {
            return [words[6] >> 8, words[6] & 0xff, words[7] >> 8, words[7] & 0xff].map(String.init).joined(separator: ".")
        }
        return words[..<4].map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
    }
}
