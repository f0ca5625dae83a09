import Admin
import ArgumentParser
import Foundation
import Node

/// `hpush plugin record`
struct PluginRecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record what comes into the running node's rules and what they make of it, for hpush plugin replay.",
        discussion: """
            The file can be read by its owner alone: it holds what users wrote, unless --redact hides it (a letter x for each character). \
            Passwords and tokens are always hidden; settings of plugins are not. A reload ends it.
            """)

    @OptionGroup var admin: AdminOptions
    @Option(help: ArgumentHelp("Where to write it; a file that is there is replaced.", valueName: "file")) var to: String
    @Option(name: .customLong("for"), help: ArgumentHelp("How long, at most 1h.", valueName: "time")) var time = Seconds(60)
    @Option(help: ArgumentHelp("Only a part of the users, all that these do.", valueName: "1/N")) var share: Share?
    @Option(help: "Only this user.") var user: String?
    @Flag(help: "Hide what users wrote.") var redact = false

    func validate() throws {
        if share != nil, user != nil { throw ValidationError("--share and --user can't go together") }
    }

    func run() async throws {
        let client = try admin.client()
        var query = [("seconds", "\(time.value)"), ("redact", redact ? "1" : "0")]
        if let user { query.append(("user", user)) }
        if let share { query.append(("share", share.text)) }
        let file = RecordingFile(path: to)
        var lines = 0
        var summary: StreamSummary?
        defer { file.close() }
        try await client.lines("/v1/plugins/record", query, seconds: time.value) { line in
            if let last = StreamSummary(line: line) { return summary = last }
            try file.write(line)
            lines += 1
        }
        // The first line says what it is of.
        print("\(Amount.count(max(lines - 1, 0))) lines in \(ShownPath.of(URL(fileURLWithPath: to).path))")
        if let summary, summary.dropped > 0 {
            print("\(Amount.count(summary.dropped)) lines were left out: more came than could be written")
        }
        if summary?.endedEarly == true { print("it ended early: other rules came into force") }
    }
}
