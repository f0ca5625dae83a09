import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import TLS

/// An HTTP listener: routes, limits, errors as JSON.
///
/// A service: it serves from `run` until a graceful shutdown or cancellation.
public final class HTTPListener: Service {
    /// Refuses a request before any route sees it, with the address the listener has.
    public typealias Check = @Sendable (_ request: Request, _ address: ListenAddress) throws(HTTPFailure) -> Void
    /// Called with each answer: the route's pattern (nil for an unknown path) and the status.
    public typealias Answered = @Sendable (_ pattern: String?, _ status: Int) -> Void

    private let name: String
    private let configured: ListenAddress
    private let limits: ListenerLimits
    private let admission: ConnectionAdmission
    private let style: JSONStyle
    private let responder: ListenerResponder
    private let secure: HTTPSContext?
    private let bound = Bound()

    /// - Parameters:
    ///   - name: for errors: "admin listener on ...".
    ///   - crossOrigin: nil: pages of other origins may not ask.
    ///   - spans: nil: no request is traced.
    ///   - tls: nil: the listener speaks HTTP, not HTTPS.
    /// - Throws: `ListenError` when the certificate is not taken.
    public init(
        name: String, address: ListenAddress, routes: HTTPRoutes, style: JSONStyle, limits: ListenerLimits,
        admission: ConnectionAdmission = .all, crossOrigin: CrossOrigin? = nil, spans: RequestSpans? = nil, logger: Logger,
        tls: TLSDoor? = nil,
        check: @escaping Check = { _, _ in }, answered: @escaping Answered = { _, _ in }
    ) throws(ListenError) {
        var address = address
        address.isSecure = tls != nil
        self.name = name
        self.limits = limits
        self.admission = admission
        self.style = style
        configured = address
        if let tls { secure = try HTTPSContext(tls, name: name) } else { secure = nil }
        responder = ListenerResponder(
            routes: routes, style: style, bound: bound, logger: logger, crossOrigin: crossOrigin, spans: spans, check: check,
            answered: answered)
    }

    /// Where it listens, once it does. Port 0 of the configuration is the real one here.
    /// - Throws: `ListenError` when `run` could not listen or ended before it did.
    public var address: ListenAddress {
        get async throws { try await bound.value }
    }

    /// - Throws: `ListenError` when the address cannot be listened on.
    public func run() async throws {
        do {
            try await application.run()
            bound.finish(.failure(ListenError("the \(name) listener ended before it served")))
        } catch {
            let failure = ListenError("\(name) listener on \(configured): \(Self.reason(error))")
            bound.finish(.failure(failure))
            throw failure
        }
    }

    private var application: Application<ListenerResponder> {
        let quiet = Logger(label: name) { _ in SwiftLogNoOpLogHandler() }
        let (seconds, admission) = (limits.requestSeconds, admission)
        let (limits, secure, style) = (limits, secure, style)
        let idle = limits.spareConnections > 0 ? IdleConnections(most: limits.connections - limits.spareConnections) : nil
        return Application(
            responder: responder,
            server: HTTPServerBuilder { responder in
                let channel = HTTP1Channel(
                    responder: responder,
                    configuration: .init(
                        additionalChannelHandlers: [RequestDeadline(seconds: seconds), ParserErrors(style), AdmissionHandler(admission)]
                            + (idle.map { [IdleWatch($0)] } ?? []),
                        idleTimeout: .seconds(Int64(limits.idleSeconds)),
                        httpDecoderConfiguration: .init(
                            maxHeaderFieldSize: limits.headBytes, maxHeaderListSize: limits.headBytes, maxHeaderFieldCount: 100)))
                if let secure { return TLSChannel(base: channel, context: secure) }
                return channel
            },
            configuration: ApplicationConfiguration(
                address: .hostname(configured.host, port: configured.port),
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections, logger: quiet)),
            onServerRunning: { [configured, bound] channel in
                let port = channel.localAddress?.port ?? configured.port
                bound.finish(.success(ListenAddress(host: configured.host, port: port, isSecure: configured.isSecure)))
            },
            // Its start and its faults are told by this service and the command, in their own words.
            logger: quiet)
    }

    private static func reason(_ error: any Error) -> String {
        // IOError's own text begins with the name of a function of the network library.
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode))
    }
}
