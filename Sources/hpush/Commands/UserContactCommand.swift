import ArgumentParser

struct UserContactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contact",
        abstract: "Contacts: who is told when a user comes and goes.",
        subcommands: [Add.self, Remove.self, List.self])

    /// The pair and the direction, shared by `add` and `remove`.
    struct Pair: ParsableArguments {
        @Argument(help: "The user who comes and goes.") var name: String
        @Argument(help: "The user who is told.") var contact: String
        @Flag(help: "Only this direction; otherwise each is told of the other.") var oneWay = false
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make two users contacts of each other.")

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var pair: Pair

        func run() async throws {
            try options.openAccounts().addContact(pair.contact, of: pair.name, mutual: !pair.oneWay)
            print("added \(pair.contact) to the contacts of \(pair.name)\(pair.oneWay ? "" : " and the other way round")")
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Undo 'contact add'.")

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var pair: Pair

        func run() async throws {
            try options.openAccounts().removeContact(pair.contact, of: pair.name, mutual: !pair.oneWay)
            print("removed \(pair.contact) from the contacts of \(pair.name)\(pair.oneWay ? "" : " and the other way round")")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List who is told when a user comes and goes.")

        @OptionGroup var options: ConfigurationOptions
        @Argument(help: "The user's name.") var name: String

        func run() async throws {
            for contact in try options.openAccounts().contacts(of: name) { print(contact) }
        }
    }
}
