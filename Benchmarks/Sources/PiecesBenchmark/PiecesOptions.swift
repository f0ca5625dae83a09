/// What the command line asks for.
struct PiecesOptions {
    static let usage = """
        PiecesBenchmark [--plugins DIR] [--check THRESHOLDS] [--json FILE] [--only NAME] [--quick]
        """

    /// The folder of the bundled plugins.
    var plugins = "plugins"
    /// A file of thresholds; rows beyond them make the exit status 1.
    var check: String?
    /// Where the rows go, for programs.
    var json: String?
    /// One of the pieces.
    var only: String?
    /// A tenth of the users and sessions.
    var quick = false

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let option = rest.popFirst() {
            func value() throws -> String {
                guard let value = rest.popFirst() else { throw Failure(description: "\(option) needs a value; usage: \(Self.usage)") }
                return value
            }
            switch option {
            case "--plugins": plugins = try value()
            case "--check": check = try value()
            case "--json": json = try value()
            case "--only": only = try value()
            case "--quick": quick = true
            default: throw Failure(description: "unknown option '\(option)'; usage: \(Self.usage)")
            }
        }
    }
}
