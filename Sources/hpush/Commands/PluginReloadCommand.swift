import ArgumentParser
import Foundation
import Node

/// `hpush plugin reload`
struct PluginReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have the running node load its plugins and their settings anew.",
        discussion: """
            Returns when every event loop has switched to the new generation. Where anything is wrong nothing changes, and the line says \
            plugin, file, line and reason.
            """)

    @OptionGroup var admin: AdminOptions
    @Flag(help: "The node's answer as JSON.") var json = false

    func run() async throws {
        try await ReloadReport.show(admin, "/v1/plugins/reload", asJSON: json)
    }
}
