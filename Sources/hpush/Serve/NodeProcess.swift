import Admin
import Foundation
import HPushConfiguration
import HPushLog
import Logging
import Node
import ServiceLifecycle
import Storage

/// `hpush serve` once its configuration is good: one node, its admin listener, and the signals that end them.
///
/// Standard output gets a line for each listening port and `ready`, nothing else. Nothing is logged before that, so that a start that
/// fails says why in one line.
struct NodeProcess {
    let configuration: NodeConfiguration
    /// What a reload reads.
    let source: ConfigurationSource

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let signals = await ProcessSignals()
        bootstrapLog()
        let logger = Logger(label: "hpush")
        let lock = try DataDirectoryLock(dataDirectory: configuration.node.dataDirectory)
        defer { lock.release() }
        let node = try await Node(configuration: configuration, logger: Logger(label: "node"), source: source)
        try await node.start()

        let admin =
            configuration.admin.enabled
            ? AdminServer(control: node, section: configuration.admin, logger: Logger(label: "admin")) : nil
        let services = services(node, admin)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            group.addTask { await signals.serve(services, node, logger) }
            let adminAddress: AdminAddress?
            do { adminAddress = try await admin?.address } catch {
                // The services end by themselves then; theirs is the error to show.
                try await group.next()
                throw error
            }
            try announce(chat: AdminAddress(host: node.chatAddress.host, port: node.chatAddress.port), admin: adminAddress, logger)
            try await group.next()
            group.cancelAll()
        }
        AddressFile(dataDirectory: configuration.node.dataDirectory).remove()
        logger.info("ended")
    }

    /// They end in the order opposite to this one: the node drains while the admin listener still answers.
    private func services(_ node: Node, _ admin: AdminServer?) -> ServiceGroup {
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if let admin { services.append(.init(service: admin)) }
        services.append(.init(service: NodeService(node: node)))
        return ServiceGroup(
            configuration: .init(services: services, logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }))
    }

    private func announce(chat: AdminAddress, admin: AdminAddress?, _ logger: Logger) throws {
        if let admin { try AddressFile(dataDirectory: configuration.node.dataDirectory).write(admin) }
        var lines = ["chat listening on \(chat)"]
        if let admin { lines.append("admin listening on \(admin.url)") }
        lines.append("ready")
        // A reader that went away is no reason to end.
        try? FileHandle.standardOutput.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
        logger.info("ready", metadata: ["node": "\(configuration.node.name)", "chat": "\(chat)"])
        for part in Capabilities.leftOut(configuration) {
            logger.info("\(part).enabled: this version has no \(part) yet; it is left out")
        }
    }

    private func bootstrapLog() {
        let format = LogFormat(rawValue: configuration.log.format.rawValue) ?? .text
        let level = Logger.Level(rawValue: configuration.log.level.rawValue) ?? .info
        LoggingSystem.bootstrap { NodeLogHandler(label: $0, level: level, format: format) }
    }
}
