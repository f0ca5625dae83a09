import ArgumentParser
import Cluster
import Foundation
import Gate
import HPushConfiguration
import Logging

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
            try options.openAccounts(), pipeline: configuration.plugins.pipeline,
            threads: max(ProcessInfo.processInfo.activeProcessorCount, 2), logger: Logger(label: "gate"))
        try await GateProcess(configuration: configuration, directory: directory, accounts: accounts).run()
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
