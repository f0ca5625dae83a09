import HPushConfiguration
import HTTPListener
import HTTPTypes
import Hummingbird

/// The checks each request passes before any route sees it.
struct AdminAccess {
    /// What load balancers and supervisors ask without a token.
    private static let openPaths: Set<String> = ["/healthz", "/readyz"]

    /// Files of the dashboard are the same everywhere: without the token they show nothing.
    private static func isOpen(_ path: String) -> Bool {
        openPaths.contains(path) || path == "/" || path.hasPrefix(DashboardRoutes.folder)
    }

    private let token: TokenCheck

    init(section: AdminSection) { token = TokenCheck(section: section) }

    /// - Throws: `HTTPFailure` 403 or 401.
    func check(_ request: Request, at address: ListenAddress) throws(HTTPFailure) {
        let policy = HostPolicy(address: address)
        let host = request.head.authority
        guard policy.allows(host: host) else {
            throw HTTPFailure(.forbidden, code: "foreign_host", "the Host header is not this listener's; use \(address)")
        }
        guard policy.allows(origin: request.headers[.origin], host: host) else {
            throw HTTPFailure(.forbidden, code: "foreign_origin", "requests of other web pages are refused")
        }
        guard Self.isOpen(request.uri.path) || token.allows(authorization: request.headers[.authorization]) else {
            throw HTTPFailure(
                .unauthorized, code: "unauthorized", "expected 'Authorization: Bearer TOKEN' with admin.token",
                headers: [.wwwAuthenticate: "Bearer"])
        }
    }
}
