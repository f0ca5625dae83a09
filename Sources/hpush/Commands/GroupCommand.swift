import ArgumentParser
import Storage

struct GroupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group",
        abstract: "Groups in the configured store; a running node sees a change within a second.",
        subcommands: [Create.self, Add.self, Remove.self, Members.self, List.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a group.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The group's name.") var name: String
        @Argument(help: "Its members.") var users: [String] = []

        func run() async throws {
            try options.checkUsers(users)
            try options.openMessages().createGroup(name, members: users)
            print("made group \(name) with \(Set(users.map { Array($0.utf8) }).count) members")
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add members: they get what is sent from now on.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The group's name.") var name: String
        @Argument(help: "Users.") var users: [String]

        func run() async throws {
            try options.checkUsers(users)
            try options.openMessages().addMembers(users, to: name)
            print("added \(users.joined(separator: ", ")) to group \(name)")
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove members.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The group's name.") var name: String
        @Argument(help: "Members.") var users: [String]

        func run() async throws {
            try options.openMessages().removeMembers(users, from: name)
            print("removed \(users.joined(separator: ", ")) from group \(name)")
        }
    }

    struct Members: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List a group's members.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The group's name.") var name: String

        func run() async throws {
            guard let members = try options.openMessages().members(of: name) else { throw MessageStoreError.noSuchGroup(name) }
            for member in members { print(member) }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List groups.")

        @OptionGroup var options: ConfigurationOptions
        @Option(help: "Only those this user is in.") var user: String?

        func run() async throws {
            for name in try options.openMessages().groups(of: user) { print(name) }
        }
    }
}
