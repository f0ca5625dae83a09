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

/// `hpush gate` once its configuration is good: a gate alone, and the signals that end it. It needs no data directory: the secret and the
/// accounts are the cluster's.
struct GateProcess {
    let configuration: NodeConfiguration
    let directory: any NodeDirectory
    let accounts: any GateAccounts

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let tls = try TLSDoors.load(configuration, listeners: [.gate])
        let gate = try GateServer(
            directory: directory, accounts: accounts, tokens: await TokenKeys(secret: configuration.gate.tokenSecret.reveal()),
            addresses: AddressLimits(connections: 0, failedLoginsPerMinute: configuration.limits.failedLoginsPerMinute),
            backOff: LoginBackOff(failures: configuration.limits.failedLoginsPerUser),
            connectionsPerAddress: configuration.limits.connectionsPerAddress, section: configuration.gate, tls: tls["gate"],
            logger: Logger(label: "gate"))
        let supervisor = Supervisor(logger: Logger(label: "gate"))
        let services = ServiceGroup(
            configuration: .init(
                services: [.init(service: gate), .init(service: StoppingNotice(supervisor: supervisor))],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            if !tls.all.isEmpty {
                group.addTask { await CertificateWatch(tls, Logger(label: "tls")).follow(hangups: true) }
            }
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
