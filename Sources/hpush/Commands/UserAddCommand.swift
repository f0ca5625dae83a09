import ArgumentParser

struct UserAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Make an account.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The user's name.") var name: String
    @Option(help: "The password; without it, it is asked for or read from standard input.") var password: String?

    func run() async throws {
        try options.openAccounts().add(name: name, password: password ?? PasswordInput.read(for: name))
        print("added \(name)")
    }
}
