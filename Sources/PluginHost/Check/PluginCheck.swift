/// Looks for everything that is wrong with plugins, without a node: syntax, what fails at loading, unknown names, settings.
///
/// Blocking; for a command or a thread of its own.
public struct PluginCheck {
    /// A plugin and the settings to check it with.
    public struct Entry: Sendable {
        public var name: String
        /// A table, or nil for none.
        public var settings: LuaValue
        /// Where the settings stand ("node.yaml:12"), to be named with their problems.
        public var settingsPlace: String

        public init(name: String, settings: LuaValue = .nil, settingsPlace: String = "") {
            self.name = name
            self.settings = settings
            self.settingsPlace = settingsPlace
        }
    }

    /// The plugins folder.
    private let directory: String
    private let loader: PluginLoader
    private let services = CheckServices()

    public init(directory: String, limits: PluginLimits = PluginLimits()) {
        self.directory = directory
        loader = PluginLoader(limits: limits)
    }

    /// All problems of one plugin, in the order of its files.
    public func problems(of entry: Entry) -> [PluginProblem] {
        let bundle: PluginBundle
        do { bundle = try PluginBundle(named: entry.name, in: directory) } catch {
            return [PluginProblem(place: entry.settingsPlace.isEmpty ? directory : entry.settingsPlace, message: "\(error)")]
        }
        let files = SourceFile.files(of: bundle)
        let (plugin, failure) = load(PluginLoader.Entry(name: entry.name), files)
        var problems = nameProblems(in: files, needs: plugin.map { Set($0.needs) })
        guard let plugin else {
            if let failure, !problems.contains(where: { isSameLine($0, failure) }) { problems.append(failure) }
            return problems
        }
        let place = entry.settingsPlace.isEmpty ? bundle.mainPath : entry.settingsPlace
        let settings = plugin.problems(with: entry.settings).map { PluginProblem(place: place, message: "plugin \(entry.name): \($0)") }
        problems += settings
        if settings.isEmpty, let failure = start(entry, files, place: place), !problems.contains(where: { isSameLine($0, failure) }) {
            problems.append(failure)
        }
        return problems
    }

    /// Loads a plugin without settings, for what it says of itself.
    private func load(_ entry: PluginLoader.Entry, _ files: [SourceFile]) -> (PluginDescription?, PluginProblem?) {
        do {
            let checked = try loader.check([entry], in: directory, functions: CheckServices.functions, services: services)
            return (checked.plugins.first, nil)
        } catch {
            return (nil, problem(error, files, place: files.first?.place(line: 1) ?? directory))
        }
    }

    /// Loads a plugin as a node does: with its settings, with no more than it needs, its `init` run, and `save` as at a reload.
    private func start(_ entry: Entry, _ files: [SourceFile], place: String) -> PluginProblem? {
        do {
            let pipeline = [PluginLoader.Entry(name: entry.name, settings: entry.settings)]
            let functions = CheckServices.functions
            let checked = try loader.check(pipeline, in: directory, functions: functions, services: services)
            let state = try loader.makeState(checked, functions: functions, services: services, generation: 1)
            try state.initialise()
            try state.trySaves()
            return nil
        } catch {
            return problem(error, files, place: place)
        }
    }

    private func nameProblems(in files: [SourceFile], needs: Set<String>?) -> [PluginProblem] {
        files.flatMap { file in
            // Text that is no Lua is for the loader to report.
            let findings = (try? NameCheck(needs: needs).findings(in: file.text)) ?? []
            return findings.map { PluginProblem(place: "\(file.path):\($0.place.line):\($0.place.column)", message: $0.message) }
        }
    }

    /// Lua says "FILE:LINE: reason"; the file is given its path and the line a column.
    private func problem(_ error: any Error, _ files: [SourceFile], place: String) -> PluginProblem {
        guard let failure = error as? PluginFailure else { return PluginProblem(place: place, message: "\(error)") }
        let parts = failure.reason.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        if parts.count == 3, let line = Int(parts[1]), let file = files.first(where: { $0.isNamed(parts[0]) }) {
            return PluginProblem(place: file.place(line: line), message: String(parts[2].drop { $0 == " " }))
        }
        return PluginProblem(place: place, message: failure.description)
    }

    /// Whether the look at the text has found already what loading failed with.
    private func isSameLine(_ found: PluginProblem, _ failure: PluginProblem) -> Bool {
        func line(_ problem: PluginProblem) -> Substring { problem.place[..<(problem.place.lastIndex(of: ":") ?? problem.place.endIndex)] }
        return line(found) == line(failure)
    }
}
