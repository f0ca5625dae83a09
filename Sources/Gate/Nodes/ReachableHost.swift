import HPushConfiguration

/// The host under which a client reaches a node that listens on every address of this machine and was not told its own: the one by
/// which the client reached the gate, since both are the same machine.
enum ReachableHost {
    /// - Parameter authority: the request's Host header.
    static func of(_ host: String, asked authority: String?) -> String {
        guard HostAddress.isWildcard(host), let authority, let name = self.name(in: authority) else { return host }
        return name
    }

    /// Without port and brackets; nil where that is no host.
    private static func name(in authority: String) -> String? {
        var name = authority[...]
        if name.hasPrefix("["), let end = name.firstIndex(of: "]") {
            name = name[name.index(after: name.startIndex)..<end]
        } else if let colon = name.firstIndex(of: ":") {
            name = name[..<colon]
        }
        let isHost = name.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"):
                true
            default: false
            }
        }
        return isHost && (1...255).contains(name.utf8.count) ? String(name) : nil
    }
}
