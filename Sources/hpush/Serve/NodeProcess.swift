import Admin
import Foundation
import Gate
import HPushConfiguration
import HPushLog
import HTTPListener
import Logging
import Node
import ServiceLifecycle
import Spans
import Storage
import Supervision
import Tokens

/// `hpush serve` once its configuration is good: one node, its gate, its admin listener, and the signals that end them.
///
/// Standard output gets a line for each listening port and `ready`, nothing else. Nothing is logged before that, so that a start that
/// fails says why in one line.
struct NodeProcess {
    let configuration: NodeConfiguration
    /// What a reload reads.
    let source: ConfigurationSource

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        // A file that may not grow is an error of the write, as a full disk is.
        signal(SIGXFSZ, SIG_IGN)
        let signals = await ProcessSignals()
        let threshold = ProcessLog.begin(configuration.log, node: configuration.node.name)
        let logger = Logger(label: "hpush")
        let lock = try DataDirectoryLock(dataDirectory: configuration.node.dataDirectory)
        defer { lock.release() }
        let tracing = ProcessTracing(configuration)
        let node = try await Node(
            configuration: configuration, logger: Logger(label: "node"), options: .init(tracer: tracing?.tracer),
            source: source)
        try node.start()

        let gate = configuration.gate.enabled ? try gate(of: node, tracing) : nil
        let admin =
            configuration.admin.enabled
            ? try AdminServer(
                control: node, logLevel: threshold, section: configuration.admin, dashboard: dashboard, tls: node.tls["admin"],
                logger: Logger(label: "admin"))
            : nil
        let supervisor = Supervisor(logger: logger)
        let services = services(node, gate, admin, supervisor, tracing?.exporter)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            group.addTask { await signals.serve(services, node, logger) }
            group.addTask { await CertificateWatch(node.tls, Logger(label: "tls")).follow() }
            group.addTask {
                // An operator's drain ends the process as SIGTERM does.
                for await _ in node.drainRequests { await services.triggerGracefulShutdown() }
            }
            let addresses: (gate: ListenAddress?, admin: ListenAddress?)
            do { addresses = (try await gate?.address, try await admin?.address) } catch {
                // The services end by themselves then; theirs is the error to show.
                try await group.next()
                throw error
            }
            if !(await node.serve()) {
                try await group.next()
                group.cancelAll()
                return
            }
            if let address = addresses.gate { node.add(listener: "gate", at: address.url) }
            if let address = addresses.admin { node.add(listener: "admin", at: address.url) }
            let chat = ListenAddress(host: node.chatAddress.host, port: node.chatAddress.port)
            let peer = node.peerAddress.map { ListenAddress(host: $0.host, port: $0.port) }
            if let peer { node.add(listener: "peer", at: "\(peer)") }
            try announce(node, chat: chat, peer: peer, gate: addresses.gate, admin: addresses.admin, logger)
            supervisor.ready("serving, chat on \(chat)", lanes: node.lanes)
            try await group.next()
            group.cancelAll()
        }
        AddressFile(dataDirectory: configuration.node.dataDirectory).remove()
        logger.info("ended")
    }

    private func gate(of node: Node, _ tracing: ProcessTracing?) throws -> GateServer {
        let logger = Logger(label: "gate")
        return try GateServer(
            directory: directory(of: node), accounts: LocalAccounts(node: node, logger: logger), tokens: node.tokens,
            addresses: node.addresses, backOff: node.backOff, connectionsPerAddress: configuration.limits.connectionsPerAddress,
            section: configuration.gate, page: page(of: node), spans: tracing?.requests, tls: node.tls["gate"], logger: logger)
    }

    /// nil where there is none to show, or its files are not here.
    private func page(of node: Node) -> WebPage? {
        let (gate, websocket) = (configuration.gate, configuration.websocket)
        guard gate.page, websocket.enabled, configuration.cluster.mode == .standalone else { return nil }
        let found = gate.web.isEmpty ? Bundle.main.executableURL.flatMap(PageFiles.web) : gate.web
        return found.flatMap { WebPage(folder: $0, webSocketPath: websocket.path) { !node.takesAnyPassword } }
    }

    /// The dashboard's files lie beside those of the web chat page; a company's own page need not have them.
    private var dashboard: PageFiles? {
        let folders = [configuration.gate.web, Bundle.main.executableURL.flatMap(PageFiles.web) ?? ""]
        return folders.lazy.filter { !$0.isEmpty }.compactMap { PageFiles(folder: $0 + "/dashboard") }.first
    }

    private func directory(of node: Node) -> any NodeDirectory {
        configuration.cluster.mode == .standalone ? LocalDirectory(node: node) : ClusterDirectory(node: node)
    }

    /// They end in the order opposite to this one: the node drains while gate and admin listener still answer.
    private func services(
        _ node: Node, _ gate: GateServer?, _ admin: AdminServer?, _ supervisor: Supervisor, _ exporter: SpanExporter?
    ) -> ServiceGroup {
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if let exporter { services.append(.init(service: exporter)) }
        if let admin { services.append(.init(service: admin)) }
        if let gate { services.append(.init(service: gate)) }
        services.append(.init(service: NodeService(node: node, supervisor: supervisor)))
        return ServiceGroup(
            configuration: .init(services: services, logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }))
    }

    private func announce(
        _ node: Node, chat: ListenAddress, peer: ListenAddress?, gate: ListenAddress?, admin: ListenAddress?, _ logger: Logger
    ) throws {
        let webSocket = node.webSocketURL
        if let admin { try AddressFile(dataDirectory: configuration.node.dataDirectory).write(admin) }
        func security(_ door: String) -> String { node.tls[door] == nil ? "" : " (TLS)" }
        var lines = ["chat listening on \(chat)\(security("chat"))"]
        if let peer { lines.append("peer listening on \(peer)\(security("peer"))") }
        if let webSocket { lines.append("websocket listening on \(webSocket)") }
        if let gate { lines.append("gate listening on \(gate.url)") }
        if let admin { lines.append("admin listening on \(admin.url)") }
        Announcement.write(lines + ["ready"])
        logger.info("ready", metadata: ["node": "\(configuration.node.name)", "chat": "\(chat)"])
        let secret = configuration.gate.tokenSecret
        if !secret.isEmpty, secret.reveal().utf8.count < TokenKeys.goodSecret {
            logger.warning("gate.token_secret is shorter than \(TokenKeys.goodSecret) bytes: tokens could be forged by who guesses it")
        }
    }
}
