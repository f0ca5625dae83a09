import Foundation
import Gate
import HPushConfiguration
import HPushLog
import HTTPListener
import Logging
import Messaging
import NIOPosix
import Node
import ServiceLifecycle
import Supervision
import TLS
import Tokens
import UnixSignals

/// `hpush gate` once its configuration is good: a gate alone, and the signals that end it. It needs no data directory: the secret and the
/// accounts are the cluster's.
struct GateProcess {
    let configuration: NodeConfiguration
    let directory: any NodeDirectory
    let accounts: any GateAccounts

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        // From here on: without anybody who catches it, SIGHUP ends a process.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let tls = try TLSDoors.load(configuration, listeners: [.gate])
        let tracing = ProcessTracing(configuration)
        let gate = try GateServer(
            directory: directory, accounts: accounts, tokens: await TokenKeys(secret: configuration.gate.tokenSecret.reveal()),
            addresses: AddressLimits(connections: 0, failedLoginsPerMinute: configuration.limits.failedLoginsPerMinute),
            backOff: LoginBackOff(failures: configuration.limits.failedLoginsPerUser),
            connectionsPerAddress: configuration.limits.connectionsPerAddress, section: configuration.gate, spans: tracing?.requests,
            exported: tracing?.buffer, tls: tls["gate"],
            logger: Logger(label: "gate"))
        let supervisor = Supervisor(logger: Logger(label: "gate"))
        // They end in the order opposite to this one.
        let all: [any Service] = (tracing.map { [$0.exporter] } ?? []) + [gate, StoppingNotice(supervisor: supervisor)]
        let services = ServiceGroup(
            configuration: .init(
                services: all.map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            let certificates = CertificateWatch(tls, Logger(label: "tls"))
            if !tls.all.isEmpty { group.addTask { await certificates.follow() } }
            group.addTask { for await _ in hangups { Self.reload(certificates) } }
            let address: ListenAddress
            do { address = try await gate.address } catch {
                try await group.next()
                throw error
            }
            Announcement.write(["gate listening on \(address.url)", "ready"])
            supervisor.ready("serving on \(address.url)", lanes: Self.lanes)
            try await group.next()
            group.cancelAll()
        }
    }

    /// A gate alone has nothing but certificates that could be read again.
    private static func reload(_ certificates: CertificateWatch) {
        if certificates.reload() { return }
        let logger = Logger(label: "gate")
        logger.notice(
            certificates.doors.all.isEmpty
                ? "SIGHUP: there is nothing to reload: the gate has no certificate (tls.gate)" : "SIGHUP: the certificate is as it was")
    }

    /// The event loops of the listener.
    private static var lanes: [Lane] {
        MultiThreadedEventLoopGroup.singleton.makeIterator().map { loop in
            { work in
                loop.execute(work)
                return true
            }
        }
    }
}

/// The first of the services to end: the supervisor is told.
private struct StoppingNotice: Service {
    let supervisor: Supervisor

    func run() async throws {
        try? await gracefulShutdown()
        supervisor.stopping()
    }
}
