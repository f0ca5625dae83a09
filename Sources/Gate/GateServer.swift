import HPushConfiguration
import HTTPListener
import Logging
import Messaging
import ServiceLifecycle
import Spans
import TLS
import Tokens

/// The gate: tells newcomers which node to connect to, and gives tokens to who knows a password. docs/operations.md lists the routes.
///
/// A service: it serves from `run` until a graceful shutdown or cancellation.
public final class GateServer: Service {
    private let listener: HTTPListener

    /// - Parameters:
    ///   - addresses: counts failed logins; a node in this process shares it.
    ///   - backOff: counts them by user, likewise.
    ///   - connectionsPerAddress: 0: no limit.
    ///   - page: what `/` shows; nil: nothing.
    ///   - spans: nil: no request is traced.
    ///   - exported: what becomes of spans is in the gate's metrics, where no node's are beside them.
    ///   - tls: nil: the listener speaks HTTP, not HTTPS.
    /// - Throws: `ListenError` when the certificate is not taken.
    public init(
        directory: any NodeDirectory, accounts: any GateAccounts, tokens: TokenKeys, addresses: AddressLimits,
        backOff: LoginBackOff = LoginBackOff(failures: 0), connectionsPerAddress: Int = 0, section: GateSection,
        page: WebPage? = nil, spans: RequestSpans? = nil, exported: SpanBuffer? = nil, tls: TLSDoor? = nil, logger: Logger
    ) throws(ListenError) {
        let counts = GateCounts()
        let placement = NodePlacement(directory: directory)
        let desk = LoginDesk(
            accounts: accounts, tokens: tokens, addresses: addresses, backOff: backOff, placement: placement, counts: counts)
        listener = try HTTPListener(
            name: "gate", address: ListenAddress(host: section.host, port: section.port),
            routes: Self.routes(placement: placement, desk: desk, counts: counts, page: page, exported: exported, tls: tls),
            style: .asTheyAre,
            limits: ListenerLimits(connections: 8192), admission: Self.admission(connectionsPerAddress, counts),
            crossOrigin: CrossOrigin(section.origins, key: "gate.origins"), spans: spans, logger: logger, tls: tls,
            answered: { counts.answered($0, status: $1) })
    }

    /// Its connections are counted apart from those of chat, so that neither takes the other's.
    private static func admission(_ most: Int, _ counts: GateCounts) -> ConnectionAdmission {
        let connections = AddressLimits(connections: most, failedLoginsPerMinute: 0)
        return ConnectionAdmission(
            enters: { address in
                let may = connections.connect(address)
                if !may { counts.refusedConnection() }
                return may
            },
            leaves: { connections.disconnect($0) })
    }

    static func routes(
        placement: NodePlacement, desk: LoginDesk, counts: GateCounts, page: WebPage? = nil, exported: SpanBuffer? = nil,
        tls: TLSDoor? = nil
    ) -> HTTPRoutes {
        var routes = HTTPRoutes()
        NodeRoutes(placement: placement).add(to: &routes)
        LoginRoutes(desk: desk).add(to: &routes)
        HealthRoutes(placement: placement, counts: counts, exported: exported, tls: tls).add(to: &routes)
        if let page { PageRoutes(page: page, placement: placement).add(to: &routes) }
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
