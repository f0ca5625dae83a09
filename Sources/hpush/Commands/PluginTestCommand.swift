import ArgumentParser
import Foundation
import HPushConfiguration
import PluginHost
import PluginTest

/// `hpush plugin test`
struct PluginTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the tests of plugins, NAME_test.lua beside each; no node is needed.",
        discussion: "Ends with 0 only if there were tests and all passed. The clock is the tests' own and starts in UTC.")

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "A plugin's folder, its Lua file, a test file or a folder of plugins (default: plugins.path).") var paths: [String] = []
    @Option(help: ArgumentHelp("Also write the results as JUnit XML.", valueName: "file")) var junit: String?
    @Option(help: ArgumentHelp("Only tests with this in their name or their plugin's.", valueName: "text")) var filter: String?
    @Option(help: ArgumentHelp("Where the other plugins of a test's pipeline are looked for.", valueName: "folder")) var plugins: String?

    func run() async throws {
        // What os.date and os.time give with a table or without "!" goes by the process' time zone.
        setenv("TZ", "UTC", 1)
        tzset()
        let section = try options.load().plugins
        var targets: [TestTarget] = []
        for path in paths.isEmpty ? [section.path] : paths {
            do { targets += try TestTarget.find(at: ShownPath.of(Self.path(path, section))) } catch let error as TestTargetError {
                throw CommandError("\(error)")
            }
        }
        var runner = TestRunner(folders: NearbyPlugins.folders(explicit: plugins, configured: section.path, paths: targets.map(\.folder)))
        runner.limits = PluginLimits(section.limits)
        runner.filter = filter
        runner.printed = { print("        \($0)") }
        var terminal = TerminalReport(isTerminal: isatty(STDOUT_FILENO) == 1)
        var xml = JUnitReport()
        for target in targets {
            runner.run(target) { result in
                for line in terminal.lines(of: result) { print(line) }
                xml.add(result)
            }
        }
        let untested = targets.filter { $0.files.isEmpty }.map(\.plugin)
        if !untested.isEmpty { print("no tests: \(untested.joined(separator: ", "))") }
        if let junit { try Self.write(xml.xml, to: junit) }
        print(terminal.summary)
        if terminal.hasFailed { throw ExitCode.failure }
        if terminal.count == 0 {
            throw CommandError(
                "no test was found\(filter.map { " with '\($0)' in its name" } ?? " (a test file is NAME_test.lua beside the plugin)")")
        }
    }

    /// A bare name that is no path stands for a plugin of the configuration.
    private static func path(_ text: String, _ section: PluginsSection) -> String {
        guard !FileManager.default.fileExists(atPath: text), PluginBundle.isName(text) else { return text }
        for candidate in ["\(section.path)/\(text)", "\(section.path)/\(text).lua"] where FileManager.default.fileExists(atPath: candidate)
        {
            return candidate
        }
        return text
    }

    private static func write(_ text: String, to path: String) throws {
        do { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) } catch {
            throw CommandError("\(path) cannot be written: \(error.localizedDescription)")
        }
    }
}
