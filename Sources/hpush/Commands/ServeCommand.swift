import ArgumentParser
import Node

/// `hpush serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run a node.",
        discussion: """
            Prints a line for each listening port, then 'ready'. The log goes to standard error. SIGTERM or Ctrl-C drains and ends with 0; \
            a second Ctrl-C ends at once. SIGHUP reloads the plugins.
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let options = options
        let source = ConfigurationSource(file: options.file) {
            let configuration = try options.load()
            try Capabilities.check(configuration, from: options)
            return configuration
        }
        try await NodeProcess(configuration: source.load(), source: source).run()
    }
}
