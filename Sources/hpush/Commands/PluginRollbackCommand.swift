import ArgumentParser
import Node

/// `hpush plugin rollback`
struct PluginRollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Bring the running node's plugins and settings before the last reload back.",
        discussion: """
            They run as a new generation; once more goes one further back, up to five. The files stay as they are: a reload or a restart \
            loads them again.
            """)

    @OptionGroup var admin: AdminOptions
    @Flag(help: "The node's answer as JSON.") var json = false

    func run() async throws {
        try await ReloadReport.show(admin, "/v1/plugins/rollback", asJSON: json)
    }
}
