/// Looks for everything that is wrong with plugins, without a node: syntax, what fails at loading, unknown names, handlers that never run,
/// calls that can't wait, settings.
///
/// Blocking; for a command or a thread of its own.
public struct PluginCheck {
    /// A plugin and the settings to check it with.
    public struct Entry: Sendable {
        public var name: String
        /// A table, or nil for none.
        public var settings: LuaValue
        /// Where the settings stand ("node.yaml:12:5"), to be named with their problems.
        public var settingsPlace: String
        /// Where each of them stands, by its name.
        public var settingPlaces: [String: String]

        public init(name: String, settings: LuaValue = .nil, settingsPlace: String = "", settingPlaces: [String: String] = [:]) {
            self.name = name
            self.settings = settings
            self.settingsPlace = settingsPlace
            self.settingPlaces = settingPlaces
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
    public func problems(of entry: Entry) -> [PluginProblem] { report(on: entry).problems }

    /// All problems of the plugins of a pipeline, also those that they have together: a list for each.
    public func problems(ofPipeline entries: [Entry]) -> [[PluginProblem]] {
        var ended: [(type: String, plugin: String)] = []
        let reports = entries.map { report(on: $0) }
        let order = StoreOrderCheck().problems(in: reports.compactMap(\.bundle))
        return zip(entries, reports).map { entry, report in
            let unreached = report.handlers.compactMap { handler -> PluginProblem? in
                guard let before = ended.first(where: { $0.type == handler.type }) else { return nil }
                let text = "inbound.\(handler.type) never runs here: \(before.plugin), before it in the pipeline, always ends the chain"
                return PluginProblem(place: handler.place, message: text)
            }
            let skips = entry.settings["on_error"] == .text("skip")
            ended += skips ? [] : report.endedTypes.map { ($0, entry.name) }
            let misplaced = order.filter { problem in report.bundle.map { problem.place.hasPrefix($0.mainPath + ":") } ?? false }
            return report.problems + unreached + misplaced
        }
    }

    /// What was found out about one plugin.
    private struct Report {
        var problems: [PluginProblem] = []
        /// nil where it can't be read.
        var bundle: PluginBundle?
        /// Inbound handlers of one type, with their places.
        var handlers: [(type: String, place: String)] = []
        /// Types whose chain always ends here.
        var endedTypes: Set<String> = []
    }

    private func report(on entry: Entry) -> Report {
        let bundle: PluginBundle
        do { bundle = try PluginBundle(named: entry.name, in: directory) } catch {
            return Report(problems: [
                PluginProblem(place: entry.settingsPlace.isEmpty ? directory : entry.settingsPlace, message: "\(error)")
            ])
        }
        let files = SourceFile.files(of: bundle)
        let (plugin, failure) = load(PluginLoader.Entry(name: entry.name), files)
        let look = SourceLook(files: files, plugin: plugin)
        var report = Report(problems: look.problems, bundle: bundle)
        if let main = files.first, let layout = look.layout {
            report.endedTypes = EndCheck().endedTypes(in: layout)
            report.handlers = layout.handlers.filter { $0.section == "inbound" && $0.name != "*" }.map {
                ($0.name, main.place($0.entry.place))
            }
        }
        func add(_ failure: PluginProblem) {
            let placed = look.placed(failure)
            if !report.problems.contains(where: { isSameLine($0, placed) }) { report.problems.append(placed) }
        }
        guard let plugin else {
            if let failure { add(failure) }
            return report
        }
        let place = entry.settingsPlace.isEmpty ? bundle.mainPath : entry.settingsPlace
        let settings = plugin.problems(with: entry.settings).map { setting, problem in
            PluginProblem(place: setting.flatMap { entry.settingPlaces[$0] } ?? place, message: "plugin \(entry.name): \(problem)")
        }
        report.problems += settings
        if settings.isEmpty, let failure = start(entry, files, place: place) { add(failure) }
        return report
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
