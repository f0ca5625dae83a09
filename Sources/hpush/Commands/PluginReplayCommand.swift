import ArgumentParser
import Foundation
import HPushConfiguration
import PluginHost
import PluginRecording
import PluginTest

/// `hpush plugin replay`
struct PluginReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run another version of the rules over a recording and show what it does differently; no node is needed.",
        discussion: """
            The pipeline and its settings are those of the recording, or those of --config where it is given. Ends with 0 only if nothing \
            differs.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "A recording, as hpush plugin record makes it.") var file: String
    @Option(help: ArgumentHelp("The folder with the version to try; plugins it lacks are looked for in plugins.path.", valueName: "folder"))
    var against: String

    func run() async throws {
        setenv("TZ", "UTC", 1)
        tzset()
        guard let data = FileManager.default.contents(atPath: file) else { throw CommandError("\(file) can't be read") }
        let recording: Recording
        do { recording = try Recording([UInt8](data), file: file) } catch let error as RecordingError { throw CommandError("\(error)") }
        let section = try options.load().plugins
        let replayer = try Replayer(recording, against: setup(recording, section)) { print($0) }
        try Self.end(replayer.run())
    }

    private func setup(_ recording: Recording, _ section: PluginsSection) throws -> NodeSetup {
        let isGiven = options.file != nil || !options.settings.isEmpty
        let pipeline =
            isGiven
            ? section.pipeline.map { PluginLoader.Entry(name: $0.name, settings: .settings(of: $0)) }
            : recording.header.pipeline.map { PluginLoader.Entry(name: $0.name, settings: $0.settings) }
        let folder = ShownPath.of(URL(fileURLWithPath: against).standardizedFileURL.path)
        let own = PluginFolders([folder])
        guard pipeline.contains(where: { (try? own.bundle(named: $0.name)) != nil }) else {
            throw CommandError("\(folder) has none of the plugins \(pipeline.map(\.name).joined(separator: ", "))")
        }
        let folders = NearbyPlugins.folders(explicit: folder, configured: section.path, paths: [folder])
        do {
            let bundles = try pipeline.map { try folders.bundle(named: $0.name) }
            return NodeSetup(pipeline: pipeline, bundles: bundles, directory: folder, limits: PluginLimits(section.limits))
        } catch let failure as PluginFailure { throw CommandError("\(failure)") }
    }

    private static func end(_ summary: ReplaySummary) throws {
        for (function, count) in summary.unanswered.sorted(by: { $0.key < $1.key }) {
            print("\(function) was asked \(count) times for what the recording has no answer of")
        }
        let skipped = summary.skipped > 0 ? ", \(summary.skipped) without an outcome to compare with" : ""
        print("\(summary.compared) compared, \(summary.differing) differ\(skipped)")
        guard summary.compared > 0 else { throw CommandError("the recording has nothing to compare with") }
        if summary.differing > 0 { throw ExitCode.failure }
    }
}
