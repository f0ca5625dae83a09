/// One line for the user to see. Its text is safe to print (``DisplayText``).
public struct ConsoleLine: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// From another user: what a pipe gets on its output.
        case incoming
        /// What this user sent; a pipe does not repeat it.
        case own
        /// An answer to a command, such as a line of history.
        case answer
        /// What the console has to say, such as a lost connection.
        case status
        /// What went wrong.
        case problem
    }

    public let kind: Kind
    /// Who speaks, ends before the colon; empty for lines nobody speaks.
    public let speaker: String
    public let text: String

    public init(_ kind: Kind, speaker: String = "", text: String) {
        self.kind = kind
        self.speaker = DisplayText.safe(speaker)
        self.text = DisplayText.safe(text)
    }

    /// `bob: hello`, or the text alone.
    public var plain: String {
        speaker.isEmpty ? text : "\(speaker): \(text)"
    }

    /// The same with ANSI colours.
    public var coloured: String {
        switch kind {
        case .incoming: "\u{1B}[1;36m\(speaker):\u{1B}[0m \(text)"
        case .own: "\u{1B}[32m\(speaker):\u{1B}[0m \(text)"
        case .answer: plain
        case .status: "\u{1B}[2m* \(plain)\u{1B}[0m"
        case .problem: "\u{1B}[31m! \(plain)\u{1B}[0m"
        }
    }

    /// For a terminal without colours.
    public var marked: String {
        switch kind {
        case .incoming, .own, .answer: plain
        case .status: "* \(plain)"
        case .problem: "! \(plain)"
        }
    }
}
