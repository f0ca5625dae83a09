import ArgumentParser
import Foundation
import HPushConfiguration
import PluginHost
import PluginTest

/// `hpush plugin bench`
struct PluginBenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure what each handler of a plugin costs a call; no node is needed.",
        discussion: """
            Time is that of the handler with the calls it makes, one call in 64; allocations and bytes are those of Lua. Seven rounds, the \
            median counts. The plugin stands alone in the pipeline, with the settings that --config has for it.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The plugin: a name in plugins.path, its folder or its file.") var plugin: String
    @Option(help: ArgumentHelp("Calls of each handler in a round.", valueName: "number")) var calls = 6400
    @Option(parsing: .singleValue, help: ArgumentHelp("Content of a message; may be repeated.", valueName: "text")) var content: [String] =
        []

    func run() async throws {
        guard calls >= 64, calls <= 10_000_000 else { throw CommandError("--calls: expected 64 to 10000000, found \(calls)") }
        let section = try options.load().plugins
        let target = CheckTarget(plugin, in: section)
        var table = TextTable([.left, .right, .right, .right, .left])
        table.add(["handler", "ns", "allocations", "bytes", ""])
        do {
            let bundle = try PluginBundle(named: target.entry.name, in: target.directory)
            let entry = PluginLoader.Entry(name: target.entry.name, settings: target.entry.settings)
            var limits = PluginLimits(section.limits)
            limits.suspended = max(limits.suspended, calls)
            let bench = try HandlerBench(
                NodeSetup(pipeline: [entry], bundles: [bundle], directory: target.directory, limits: limits), contents: content)
            bench.calls = calls
            try bench.run { table.add(Self.row($0)) }
        } catch let failure as PluginFailure { throw CommandError("\(failure)") }
        for line in table.lines { print(line) }
        if _isDebugAssertConfiguration() { print("This is a debug build: times are longer than on a node.") }
    }

    private static func row(_ figures: HandlerFigures) -> [String] {
        var note = figures.nanoseconds == nil ? "waits" : ""
        if figures.errors > 0 { note = String(format: "%.0f%% of the calls failed", figures.errors * 100) }
        return [
            figures.name, figures.nanoseconds.map { String(format: "%.0f", $0) } ?? "-", String(format: "%.1f", figures.allocations),
            String(format: "%.0f", figures.bytes), note,
        ]
    }
}
