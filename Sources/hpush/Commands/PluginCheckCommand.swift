import ArgumentParser
import Foundation
import HPushConfiguration
import Node
import PluginHost

/// `hpush plugin check`
struct PluginCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look for everything that is wrong with plugins; no node is needed.",
        discussion: """
            Checks the plugins of plugins.pipeline with their settings, or those that are named. Each problem is a line \
            FILE:LINE:COLUMN: MESSAGE.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "Names in plugins.path, or paths of plugins (default: the whole pipeline).") var plugins: [String] = []

    func run() async throws {
        let section = try options.load().plugins
        let targets = plugins.isEmpty ? section.pipeline.map { CheckTarget($0, in: section) } : plugins.map { CheckTarget($0, in: section) }
        var count = 0
        for target in targets {
            let check = PluginCheck(directory: target.directory, limits: PluginLimits(section.limits))
            for problem in check.problems(of: target.entry) {
                print("\(ShownPath.of(problem.place)): \(problem.message)")
                count += 1
            }
        }
        guard count == 0 else { throw CommandError("\(Self.number(count, "problem")) in \(Self.number(targets.count, "plugin"))") }
        print("\(Self.number(targets.count, "plugin")), no problems")
    }

    private static func number(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
