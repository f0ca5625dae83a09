import ArgumentParser

/// `hpush plugin`
struct PluginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin",
        abstract: "Make, check and look at plugins.",
        subcommands: [PluginNewCommand.self, PluginCheckCommand.self, PluginTypesCommand.self, PluginListCommand.self])
}
