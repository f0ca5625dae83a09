import ArgumentParser
import HPushConfiguration
import PluginHost

/// `hpush plugin new`
struct PluginNewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a plugin to start from and its test, in the configuration's plugins.path.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "Its name: letters, digits and _, no digit first.") var name: String

    func run() async throws {
        guard PluginBundle.isName(name) else {
            throw CommandError("\(name): expected a plugin's name of letters, digits and _, no digit first, at most 64")
        }
        let folder = try options.load().plugins.path
        let made = try PluginTemplate(name: name).write(in: folder)
        print("made \(ShownPath.of(made.plugin))")
        print("made \(ShownPath.of(made.test))")
        // The plugin is there; an editor that knows less is no reason to fail.
        for path in (try? EditorFiles.write(in: folder)) ?? [] { print("made \(ShownPath.of(path)), for editors with lua-language-server") }
        print("next: hpush plugin test \(ShownPath.of(made.test)); then add it to plugins.pipeline, behind login, as - \(name)")
    }
}
