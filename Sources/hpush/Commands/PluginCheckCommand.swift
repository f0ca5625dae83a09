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
        for problem in problems(targets, PluginLimits(section.limits)) {
            print("\(ShownPath.of(problem.place)): \(problem.message)")
            count += 1
        }
        guard count == 0 else { throw CommandError("\(Self.number(count, "problem")) in \(Self.number(targets.count, "plugin"))") }
        print("\(Self.number(targets.count, "plugin")), no problems")
    }

    /// The whole pipeline is checked as one: what plugins do to each other.
    private func problems(_ targets: [CheckTarget], _ limits: PluginLimits) -> [PluginProblem] {
        if plugins.isEmpty, let directory = targets.first?.directory {
            return PluginCheck(directory: directory, limits: limits).problems(ofPipeline: targets.map(\.entry)).flatMap { $0 }
        }
        return targets.flatMap { PluginCheck(directory: $0.directory, limits: limits).problems(of: $0.entry) }
    }

    private static func number(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
