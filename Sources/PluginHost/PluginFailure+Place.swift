extension PluginFailure {
    /// Where in a plugin's files something failed.
    public struct Place: Sendable, Equatable {
        public let file: String
        /// Counted from 1; nil where only the file is known.
        public let line: Int?
        /// What is wrong there, without the place.
        public let reason: String

        public init(file: String, line: Int?, reason: String) {
            self.file = file
            self.line = line
            self.reason = reason
        }
    }

    /// The place that Lua's message names, with the file's whole path; the plugin's main file where the message names none. nil for a plugin
    /// that is not among the bundles, and for what concerns its entry.
    public func place(in bundles: [PluginBundle]) -> Place? {
        guard !concernsEntry, let bundle = bundles.first(where: { $0.name == plugin }) else { return nil }
        let parts = reason.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        let files = SourceFile.files(of: bundle)
        if parts.count == 3, let line = Int(parts[1]), let file = files.first(where: { $0.isNamed(parts[0]) }) {
            return Place(file: file.path, line: line, reason: String(parts[2].drop { $0 == " " }))
        }
        // Of what is wrong with the plugin's table Lua knows no line; the text does.
        let line = SourceLook(files: Array(files.prefix(1)), plugin: nil).place(of: reason)?.line
        return Place(file: bundle.mainPath, line: line, reason: reason)
    }
}
