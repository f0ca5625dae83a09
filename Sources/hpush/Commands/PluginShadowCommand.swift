import Admin
import ArgumentParser
import Foundation
import Node

/// `hpush plugin shadow`
struct PluginShadowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shadow",
        abstract: "Run another version of the rules beside the running node's, without effects, and show what it does differently.",
        discussion: """
            The pipeline and its settings are those in force; plugins that the folder lacks are, too. What the other version sends, closes and \
            keeps reaches nobody; accounts, tokens and other services answer it what they answered the rules in force. It gets a tenth of \
            each loop's time at most and ends when the loops lag. Ends with 0 only if nothing differs.
            """)

    @OptionGroup var admin: AdminOptions
    @Argument(help: ArgumentHelp("The folder with the version to try, on the node's machine.", valueName: "folder")) var folder: String
    @Option(name: .customLong("for"), help: ArgumentHelp("How long, at most 1h.", valueName: "time")) var time = Seconds(60)
    @Option(help: ArgumentHelp("Only a part of the users, all that these do.", valueName: "1/N")) var share: Share?
    @Option(help: "Only this user.") var user: String?
    @Flag(help: "Hide what users wrote.") var redact = false
    @Flag(help: "The node's lines as JSON.") var json = false

    func validate() throws {
        if share != nil, user != nil { throw ValidationError("--share and --user can't go together") }
    }

    func run() async throws {
        let path = URL(fileURLWithPath: folder).standardizedFileURL.path
        var query = [("dir", path), ("seconds", "\(time.value)"), ("redact", redact ? "1" : "0")]
        if let user { query.append(("user", user)) }
        if let share { query.append(("share", share.text)) }
        var summary: ShadowSummary?
        try await admin.client().lines("/v1/plugins/shadow", query, by: .POST, seconds: time.value) { line in
            if json { Output.line(String(decoding: line, as: UTF8.self)) }
            if let difference = try? AdminJSON.decode(ShadowDifference.self, from: line) {
                if !json { ShadowReport.lines(difference).forEach { Output.line($0) } }
            } else {
                summary = try? AdminJSON.decode(ShadowSummary.self, from: line)
            }
        }
        guard let summary else { throw CommandError("the node ended its answer too early") }
        if !json { ShadowReport.lines(summary).forEach { Output.line($0) } }
        guard summary.compared > 0 else { throw CommandError("nothing was compared: no message came, or none could be") }
        if summary.differing > 0 || summary.reason != nil { throw ExitCode.failure }
    }
}
