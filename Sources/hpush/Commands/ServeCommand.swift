import ArgumentParser

/// `hpush serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run a node.",
        discussion: """
            Prints a line for each listening port, then 'ready'. The log goes to standard error. SIGTERM or Ctrl-C drains and ends with 0; \
            a second Ctrl-C ends at once.
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try options.load()
        try Capabilities.check(configuration, from: options)
        try await NodeProcess(configuration: configuration).run()
    }
}
