import HPushConfiguration
import HTTPListener

/// Whom the listener believes to have meant it. A web page must not talk to a loopback listener by a name of its own that resolves
/// here (DNS rebinding), nor from its own origin; both show in what browsers send.
struct HostPolicy {
    private let address: ListenAddress
    private let isLoopback: Bool

    init(address: ListenAddress) {
        self.address = address
        isLoopback = HostAddress.isLoopback(address.host)
    }

    /// Off loopback any name may be ours: DNS, containers and proxies give more than the configuration knows. The token guards there.
    func allows(host: String?) -> Bool {
        guard isLoopback else { return true }
        guard let host = host?.lowercased() else { return false }
        return ownNames.contains(host)
    }

    /// A page of our own: of the name the request was sent to, or on loopback of any of our names.
    func allows(origin: String?, host: String?) -> Bool {
        guard let origin = origin?.lowercased() else { return true }
        if isLoopback { return ownNames.contains { origin == "\(address.isSecure ? "https" : "http")://" + $0 } }
        guard let host = host?.lowercased() else { return false }
        return origin == "http://" + host || origin == "https://" + host
    }

    private var ownNames: [String] {
        let names = ["localhost", "127.0.0.1", "[::1]", address.host.contains(":") ? "[\(address.host)]" : address.host.lowercased()]
        // The port that a name without one means.
        return names.map { "\($0):\(address.port)" } + (address.port == (address.isSecure ? 443 : 80) ? names : [])
    }
}
