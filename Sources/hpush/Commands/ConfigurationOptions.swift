import ArgumentParser
import HPushConfiguration

/// `--config` and `--set`, which every command shares that needs a node's configuration.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .customLong("config"), help: ArgumentHelp("Configuration file (YAML).", valueName: "file"))
    var file: String?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Set a key, e.g. --set chat.port=7100; the value is YAML. May be repeated.", valueName: "key=value"))
    var settings: [String] = []

    func load() throws -> NodeConfiguration {
        try NodeConfiguration.load(file: file, options: settings)
    }
}
