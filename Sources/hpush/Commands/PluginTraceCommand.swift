import Admin
import ArgumentParser
import Foundation
import Node

/// `hpush plugin trace`
struct PluginTraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Show the way of a user's messages through the running node's handlers, as they come.",
        discussion: """
            A line a handler: when, session, message, plugin, handler, verdict, time (and how long it waited), fields it has set, generation. \
            What users wrote is shown only with --content; tokens and passwords never are.
            """)

    @OptionGroup var admin: AdminOptions
    @Option(help: "Whose messages, logins and events.") var user: String
    @Option(name: .customLong("for"), help: ArgumentHelp("How long, at most 1h.", valueName: "time")) var time = Seconds(30)
    @Flag(help: "Also show the beginning of what is written.") var content = false
    @Flag(help: "The node's lines as JSON.") var json = false

    func run() async throws {
        let query = [("user", user), ("seconds", "\(time.value)"), ("content", content ? "1" : "0")]
        var report = TraceReport()
        try await admin.client().lines("/v1/plugins/trace", query, seconds: time.value) { line in
            if json { return Output.line(String(decoding: line, as: UTF8.self)) }
            if let event = try? AdminJSON.decode(TraceEvent.self, from: line) {
                for line in report.lines(event) { Output.line(line) }
            } else if let summary = StreamSummary(line: line), summary.dropped > 0 {
                Output.line("\(Amount.count(summary.dropped)) lines were left out: more came than could be shown")
            }
        }
    }
}
