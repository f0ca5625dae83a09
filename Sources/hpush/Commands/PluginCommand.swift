import ArgumentParser

/// `hpush plugin`
struct PluginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin",
        abstract: "Make, check, test, look at and reload plugins.",
        subcommands: [
            PluginNewCommand.self, PluginCheckCommand.self, PluginTestCommand.self, PluginBenchCommand.self, PluginReplayCommand.self,
            PluginTypesCommand.self, PluginListCommand.self, PluginTopCommand.self, PluginTraceCommand.self, PluginRecordCommand.self,
            PluginShadowCommand.self, PluginReloadCommand.self, PluginRollbackCommand.self, PluginPushCommand.self,
        ])
}
