import ArgumentParser
import Cluster
import Foundation
import Gate
import HPushConfiguration
import Logging
import Storage

/// `hpush gate`
struct GateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate",
        abstract: "Run a gate alone, for the nodes of a cluster.",
        discussion: """
            'hpush serve' has a gate in it unless gate.enabled is false. Prints its listening port, then 'ready'; the log goes to standard \
            error. SIGTERM or Ctrl-C ends it with 0; SIGHUP reads its certificate again.
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try options.load()
        _ = ProcessLog.begin(configuration.log)
        let directory = try Self.directory(configuration)
        let accounts = StoredAccounts(
            try Self.accounts(options, configuration), pipeline: configuration.plugins.pipeline,
            threads: max(ProcessInfo.processInfo.activeProcessorCount, 2), logger: Logger(label: "gate"))
        try await GateProcess(configuration: configuration, directory: directory, accounts: accounts).run()
    }

    /// Whom it lets in. With `memory` accounts are inside a node, which is enough for rules that ask for none (`login` in mode open).
    private static func accounts(_ options: ConfigurationOptions, _ configuration: NodeConfiguration) throws -> any AccountStore {
        configuration.store.driver == .memory ? MemoryAccountStore() : try options.openAccounts()
    }

    /// Where a gate alone has its nodes from.
    private static func directory(_ configuration: NodeConfiguration) throws -> any NodeDirectory {
        switch configuration.cluster.mode {
        case .standalone:
            throw CommandError(
                "cluster.mode is standalone: a gate alone has no nodes to send anybody to; run 'hpush serve', which has a gate in it, "
                    + "or set cluster.mode: zookeeper")
        case .zookeeper:
            let section = configuration.cluster.zookeeper
            let watch = try NodeWatch(
                connectString: section.servers.joined(separator: ",") + (section.root == "/" ? "" : section.root),
                sessionTimeoutMilliseconds: section.sessionTimeoutMilliseconds, logger: Logger(label: "gate"))
            try watch.start()
            return ZooKeeperDirectory(watch: watch)
        }
    }
}
