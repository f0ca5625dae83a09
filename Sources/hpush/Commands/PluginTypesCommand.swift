import ArgumentParser
import Foundation
import HPushConfiguration
import Node
import PluginHost

/// `hpush plugin types`
struct PluginTypesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "types",
        abstract: "Write what editors need to know the API, beside the plugins.",
        discussion: """
            Writes hpush.d.lua and .luarc.json into plugins.path, for lua-language-server: names of the API and of message fields are \
            completed and checked as you type. With --schema, also a JSON Schema of the configuration that knows the settings of the plugins \
            in plugins.path.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Option(help: ArgumentHelp("Write the configuration's schema here.", valueName: "file")) var schema: String?

    func run() async throws {
        let section = try options.load().plugins
        do {
            for path in try EditorFiles.write(in: section.path) { print("made \(ShownPath.of(path))") }
            if let schema {
                let plugins = try PluginFolder.descriptions(in: section.path, limits: PluginLimits(section.limits))
                try Data(ConfigurationSchema.text(plugins: plugins).utf8).write(to: URL(fileURLWithPath: schema), options: .atomic)
                print(
                    "made \(ShownPath.of(URL(fileURLWithPath: schema).path)), with the settings of \(plugins.map(\.name).joined(separator: ", "))"
                )
            }
        } catch {
            throw CommandError(error.localizedDescription)
        }
    }
}
