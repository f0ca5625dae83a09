/// What a line typed into the console asks for.
public enum ConsoleCommand: Sendable, Equatable {
    case message(user: String, text: String)
    case group(name: String, text: String)
    /// A line without `/`: for the last user.
    case say(String)
    case history(user: String)
    case who
    case logout
    case help
    /// An empty line.
    case nothing

    /// A line that is no command, and what would be one.
    public struct Mistake: Error, Equatable, CustomStringConvertible {
        public let description: String
    }

    /// Reads a line. `//text` says `/text`.
    public init(parsing line: String) throws(Mistake) {
        let line = line.trimmingSpaces()
        guard line.hasPrefix("/") else {
            self = line.isEmpty ? .nothing : .say(String(line))
            return
        }
        guard !line.hasPrefix("//") else {
            self = .say(String(line.dropFirst()))
            return
        }
        let (name, rest) = line.dropFirst().splitOffWord()
        switch name {
        case "msg", "m":
            let (user, text) = try Self.addressed(rest, usage: "/msg USER TEXT")
            self = .message(user: user, text: text)
        case "group", "g":
            let (group, text) = try Self.addressed(rest, usage: "/group GROUP TEXT")
            self = .group(name: group, text: text)
        case "history":
            let (user, more) = rest.splitOffWord()
            guard !user.isEmpty, more.isEmpty else { throw Mistake(description: "usage: /history USER") }
            self = .history(user: user)
        case "who": self = .who
        case "logout", "quit", "exit": self = .logout
        case "help", "?": self = .help
        default: throw Mistake(description: "unknown command /\(name), /help lists all")
        }
    }

    private static func addressed(_ rest: Substring, usage: String) throws(Mistake) -> (String, String) {
        let (name, text) = rest.splitOffWord()
        guard !name.isEmpty, !text.isEmpty else { throw Mistake(description: "usage: \(usage)") }
        return (name, String(text))
    }

    /// What `/help` prints.
    public static let overview = [
        "/msg USER TEXT     write to a user",
        "/group GROUP TEXT  write to a group",
        "TEXT               write to the user you last wrote to",
        "/history USER      show what was stored of a conversation",
        "/who               show who of your contacts is online",
        "/logout            leave (also ctrl-d)",
        "//TEXT             write a text that begins with /",
    ]
}

extension StringProtocol {
    fileprivate func trimmingSpaces() -> Substring {
        var rest = Substring(self)
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return rest
    }
}

extension Substring {
    /// The first word, and what follows it without the space between.
    fileprivate func splitOffWord() -> (String, Substring) {
        let word = prefix { !$0.isWhitespace }
        return (String(word), self[word.endIndex...].trimmingSpaces())
    }
}
