import Foundation
import Gate
import HPushConfiguration
import HPushLog
import HTTPListener
import Logging
import Messaging
import Node
import ServiceLifecycle
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
            section: configuration.gate, tls: tls["gate"], logger: Logger(label: "gate"))
        let services = ServiceGroup(
            configuration: .init(
                services: [.init(service: gate)], gracefulShutdownSignals: [.sigterm, .sigint],
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
            try await group.next()
            group.cancelAll()
        }
    }
}
