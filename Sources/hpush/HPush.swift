import ArgumentParser
import Foundation
import Node

/// The executable. Each command is a file under `Commands/` and thin: it reads its options and calls the rooms below.
@main
struct HPush: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hpush",
        abstract: "A distributed IM and push server with Lua plugins.",
        version: Node.version,
        subcommands: [
            ServeCommand.self, GateCommand.self, ChatCommand.self, UserCommand.self, GroupCommand.self,
            HistoryCommand.self, PluginCommand.self, StatusCommand.self,
        ])

    /// Runs a command. Ends with 0 only on success; otherwise one line on stderr says why.
    static func main() async {
        do {
            var command = try await asyncParseAsRoot()
            if var asyncCommand = command as? any AsyncParsableCommand {
                try await asyncCommand.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    /// ArgumentParser would print usage below the error; the line alone is what scripts and people look for.
    private static func end(with error: any Error) -> Never {
        let code = exitCode(for: error)
        guard !code.isSuccess else { exit(withError: error) }
        let line = message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
        if !line.isEmpty {
            let hint = code == .validationFailure ? " (see hpush --help)" : ""
            FileHandle.standardError.write(Data("hpush: \(line)\(hint)\n".utf8))
        }
        Foundation.exit(code.rawValue)
    }
}
