/// The pages that may ask. A browser says by `Origin` whose page asks; other programs say nothing, and may.
public struct OriginRule: Sendable {
    /// Pages of the host that is asked, whatever their port.
    public static let sameHost = "same-host"
    public static let any = "*"

    public let allowsAny: Bool
    private let allowsSameHost: Bool
    private let origins: Set<String>

    /// - Parameter origins: `https://chat.example`, `same-host`, `*`.
    public init(_ origins: [String]) {
        allowsAny = origins.contains(Self.any)
        allowsSameHost = origins.contains(Self.sameHost)
        self.origins = Set(origins.map { $0.lowercased() })
    }

    public func allows(_ origin: String?, host: String?) -> Bool {
        guard let origin = origin?.lowercased(), !allowsAny else { return true }
        if origins.contains(origin) { return origin != Self.sameHost }
        guard allowsSameHost, let host, let scheme = origin.firstRange(of: "://") else { return false }
        let name = Self.name(origin[scheme.upperBound...])
        return !name.isEmpty && name == Self.name(host.lowercased()[...])
    }

    /// A host without its port.
    private static func name(_ host: Substring) -> Substring {
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") { return host[...end] }
        return host.prefix { $0 != ":" && $0 != "/" }
    }
}
