import Foundation
import HPushConfiguration
import Hummingbird
import Logging
import NIOCore
import Node
import ServiceLifecycle

/// The admin listener: HTTP for operators, `hpush status` and Prometheus. docs/operations.md lists the routes.
///
/// A service: it serves from `run` until a graceful shutdown or cancellation.
public final class AdminServer: Service {
    private let control: any NodeControl
    private let section: AdminSection
    private let logger: Logger
    private let bound = Bound()

    public init(control: any NodeControl, section: AdminSection, logger: Logger) {
        self.control = control
        self.section = section
        self.logger = logger
    }

    /// Where it listens, once it does. Port 0 of the configuration is the real one here.
    /// - Throws: `AdminError` when `run` could not listen or ended before it did.
    public var address: AdminAddress {
        get async throws { try await bound.value }
    }

    /// - Throws: `AdminError` when the address cannot be listened on.
    public func run() async throws {
        do {
            try await application.run()
            bound.finish(.failure(AdminError("the admin listener ended before it served")))
        } catch {
            let failure = AdminError("admin listener on \(AdminAddress(host: section.host, port: section.port)): \(Self.reason(error))")
            bound.finish(.failure(failure))
            throw failure
        }
    }

    private var application: Application<AdminResponder> {
        let responder = AdminResponder(control: control, access: AdminAccess(section: section), bound: bound, logger: logger)
        return Application(
            responder: responder,
            // An operator's connection that says nothing for a minute is forgotten.
            server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(address: .hostname(section.host, port: section.port)),
            onServerRunning: { [section, bound] channel in
                let port = channel.localAddress?.port ?? section.port
                bound.finish(.success(AdminAddress(host: section.host, port: port)))
            },
            // Its start and its faults are told by this service and the command, in their own words.
            logger: Logger(label: "admin") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func reason(_ error: any Error) -> String {
        // IOError's own text begins with the name of a function of the network library.
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode))
    }
}
