/// One Lua file of a plugin under check.
struct SourceFile {
    /// The path to show.
    var path: String
    /// How Lua's messages name it: the path, or "NAME.part" for a part.
    var chunk: String
    var text: [UInt8]

    /// The files of a plugin, the main one first.
    static func files(of bundle: PluginBundle) -> [SourceFile] {
        let folder = bundle.mainPath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let parts = bundle.parts.sorted { $0.key < $1.key }.map { name, text in
            SourceFile(path: "\(folder)/\(name).lua", chunk: "\(bundle.name).\(name)", text: text)
        }
        return [SourceFile(path: bundle.mainPath, chunk: bundle.mainPath, text: bundle.main)] + parts
    }

    /// Whether a message's file is this one. Lua shortens long paths to "..." and their end.
    func isNamed(_ name: some StringProtocol) -> Bool {
        if name == chunk || name == path { return true }
        return name.hasPrefix("...") && chunk.hasSuffix(name.dropFirst(3))
    }

    func place(_ place: SourcePlace) -> String { "\(path):\(place.line):\(place.column)" }

    /// "FILE:LINE:COLUMN" with the column of the line's first word, since Lua names lines only.
    func place(line: Int) -> String {
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let column = line >= 1 && line <= lines.count ? lines[line - 1].prefix { $0 == 32 || $0 == 9 }.count + 1 : 1
        return "\(path):\(line):\(column)"
    }
}
