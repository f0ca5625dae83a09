import PluginHost

/// Finds the file behind the name that Lua's messages give it.
struct ChunkNames {
    /// Paths by what Lua calls the file.
    private var paths: [String: String]

    init(_ bundle: PluginBundle, testFile: String, stem: String) {
        let folder = bundle.mainPath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        paths = [bundle.mainPath: bundle.mainPath]
        for part in bundle.parts.keys { paths["\(bundle.name).\(part)"] = "\(folder)/\(part).lua" }
        paths["\(bundle.name).\(stem)"] = testFile
    }

    /// Splits "CHUNK:LINE: message" into its place and the message; a text of another form is all message.
    func place(in text: String) -> (place: TestPlace?, message: String) {
        guard let match = text.wholeMatch(of: /(?s)(.+?):(\d+): (.*)/), let line = Int(match.2) else { return (nil, text) }
        guard let path = path(of: match.1) else { return (nil, text) }
        return (TestPlace(file: path, line: line), String(match.3))
    }

    /// Lua shortens long names to "..." and their end.
    private func path(of chunk: Substring) -> String? {
        if let path = paths[String(chunk)] { return path }
        guard chunk.hasPrefix("...") else { return nil }
        return paths.first { $0.key.hasSuffix(chunk.dropFirst(3)) }?.value
    }
}
