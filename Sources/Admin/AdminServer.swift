import HPushConfiguration
import HTTPListener
import Logging
import Node
import ServiceLifecycle
import TLS

/// The admin listener: HTTP for operators, `hpush status`, the dashboard and Prometheus. docs/operations.md lists the routes.
///
/// A service: it serves from `run` until a graceful shutdown or cancellation.
public final class AdminServer: Service {
    private let listener: HTTPListener

    /// - Parameters:
    ///   - dashboard: what `/` shows; nil: nothing.
    ///   - tls: nil: the listener speaks HTTP, not HTTPS.
    /// - Throws: `ListenError` when the certificate is not taken.
    public init(
        control: any NodeControl, logLevel: any LogLevelControl, section: AdminSection, dashboard: PageFiles? = nil, tls: TLSDoor? = nil,
        logger: Logger
    ) throws(ListenError) {
        let access = AdminAccess(section: section)
        listener = try HTTPListener(
            name: "admin", address: ListenAddress(host: section.host, port: section.port),
            routes: Self.routes(control: control, logLevel: logLevel, dashboard: dashboard), style: .snakeCase,
            limits: ListenerLimits(connections: 256, spareConnections: 16),
            logger: logger, tls: tls, check: { request, address throws(HTTPFailure) in try access.check(request, at: address) })
    }

    static func routes(control: any NodeControl, logLevel: any LogLevelControl, dashboard: PageFiles? = nil) -> HTTPRoutes {
        var routes = HTTPRoutes()
        DashboardRoutes(control: control, files: dashboard).add(to: &routes)
        HealthRoutes(control: control).add(to: &routes)
        MetricsRoutes(control: control).add(to: &routes)
        NodeRoutes(control: control).add(to: &routes)
        LogLevelRoutes(level: logLevel).add(to: &routes)
        SessionRoutes(control: control).add(to: &routes)
        PushRoutes(control: control).add(to: &routes)
        PluginRoutes(control: control).add(to: &routes)
        TraceRoutes(control: control).add(to: &routes)
        RecordRoutes(control: control).add(to: &routes)
        ShadowRoutes(control: control).add(to: &routes)
        return routes
    }

    /// Where it listens, once it does. Port 0 of the configuration is the real one here.
    /// - Throws: `ListenError` when `run` could not listen or ended before it did.
    public var address: ListenAddress {
        get async throws { try await listener.address }
    }

    /// - Throws: `ListenError` when the address cannot be listened on.
    public func run() async throws { try await listener.run() }
}
