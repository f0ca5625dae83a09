import ArgumentParser

struct UserRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove an account and all contacts from and to it.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The user's name.") var name: String

    func run() async throws {
        try options.openAccounts().remove(name: name)
        print("removed \(name)")
    }
}
