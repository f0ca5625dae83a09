import ArgumentParser

/// `hpush plugin`
struct PluginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin",
        abstract: "Make, check, test and look at plugins.",
        subcommands: [
            PluginNewCommand.self, PluginCheckCommand.self, PluginTestCommand.self, PluginBenchCommand.self, PluginReplayCommand.self,
            PluginTypesCommand.self, PluginListCommand.self,
        ])
}
