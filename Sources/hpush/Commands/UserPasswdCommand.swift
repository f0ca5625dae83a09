import ArgumentParser
import Storage

struct UserPasswdCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "passwd", abstract: "Change a password.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The user's name.") var name: String
    @Option(help: "The new password; without it, it is asked for or read from standard input.") var password: String?

    func run() async throws {
        let accounts = try options.openAccounts()
        // Told before the password is asked for.
        guard try accounts.user(name: name) != nil else { throw AccountError.noSuchUser(name) }
        try accounts.setPassword(of: name, to: password ?? PasswordInput.read(for: name))
        print("changed the password of \(name)")
    }
}
