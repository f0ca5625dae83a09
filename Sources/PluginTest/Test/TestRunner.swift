import Foundation
import PluginHost

/// Runs the tests of plugins, one after the other, in this thread.
package struct TestRunner {
    package var folders: PluginFolders
    package var limits = PluginLimits()
    /// Only tests whose name, or whose plugin's name, contains it; nil: all.
    package var filter: String?
    /// Wall time a test may take, and CPU time it may take between two calls of `t` or a client.
    package var testSeconds = 10.0
    package var runMilliseconds = 5000
    /// Lines that test files print.
    package var printed: (String) -> Void = { _ in }

    package init(folders: PluginFolders) { self.folders = folders }

    /// Runs all tests of a plugin and tells each result as it comes.
    package func run(_ target: TestTarget, _ report: (TestResult) -> Void) {
        let folders = folders.with(target.folder)
        for path in target.files { run(path, of: target, folders, report) }
    }

    private func run(_ path: String, of target: TestTarget, _ folders: PluginFolders, _ report: (TestResult) -> Void) {
        func fail(_ place: TestPlace, _ message: String) {
            report(
                TestResult(
                    plugin: target.plugin, name: "(loading)", place: TestPlace(file: path, line: 0), seconds: 0,
                    failure: .init(place: place, message: message, source: Self.line(of: place))))
        }
        let bundle: PluginBundle
        let file: TestFile
        do {
            bundle = try PluginBundle(named: target.plugin, in: target.folder)
            guard let source = FileManager.default.contents(atPath: path) else {
                return fail(TestPlace(file: path, line: 0), "the file can't be read")
            }
            file = try TestFile(
                path: path, source: [UInt8](source), bundle: bundle, runMilliseconds: runMilliseconds,
                time: PluginTime(now: NodeSetup.defaultTime, monotonic: 0))
        } catch let failure as TestFileFailure {
            return fail(failure.place, failure.message)
        } catch {
            return fail(TestPlace(file: path, line: 0), "\(error)")
        }
        for (index, test) in file.definitions.enumerated() where isWanted(test.name, target.plugin) {
            let start = ContinuousClock.now
            let failure = run(index, test, file, bundle, target, folders)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            report(TestResult(plugin: target.plugin, name: test.name, place: test.place, seconds: seconds, failure: failure))
        }
    }

    private func isWanted(_ name: String, _ plugin: String) -> Bool {
        filter.map { name.localizedCaseInsensitiveContains($0) || plugin.localizedCaseInsensitiveContains($0) } ?? true
    }

    private func run(
        _ index: Int, _ test: TestDefinition, _ file: TestFile, _ bundle: PluginBundle, _ target: TestTarget, _ folders: PluginFolders
    ) -> TestResult.Failure? {
        var driver: TestDriver?
        var (place, message): (TestPlace?, String)
        do {
            let setup = try TestSetup(options: test.options, plugin: bundle, folder: target.folder, folders: folders, limits: limits).node
            let made = try TestDriver(setup, plugin: target.plugin, seconds: testSeconds)
            driver = made
            guard let failed = file.run(index, on: made, printed: printed) else { return nil }
            (place, message) = failed
        } catch {
            (place, message) = (nil, "\(error)")
        }
        let errors = driver?.node.logs.filter { $0.level == .error }.map { "\($0.plugin): \($0.text)" } ?? []
        let at = place ?? test.place
        return TestResult.Failure(place: at, message: message, source: Self.line(of: at), errors: Array(errors.prefix(5)))
    }

    private static func line(of place: TestPlace) -> String {
        guard place.line > 0, let data = FileManager.default.contents(atPath: place.file) else { return "" }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return place.line <= lines.count ? lines[place.line - 1].trimmingCharacters(in: .whitespaces) : ""
    }
}
