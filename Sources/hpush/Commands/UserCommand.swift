import ArgumentParser

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Accounts and contacts in the configured store; a running node sees a change within a second.",
        subcommands: [
            UserAddCommand.self, UserPasswdCommand.self, UserListCommand.self, UserRemoveCommand.self, UserImportCommand.self,
            UserContactCommand.self, UserDevicesCommand.self,
        ])
}
