import Foundation
import HPushConfiguration
import PluginHost

/// A plugin to check and the folder it is in.
struct CheckTarget {
    var directory: String
    var entry: PluginCheck.Entry

    init(_ entry: PluginEntry, in section: PluginsSection) {
        directory = section.path
        self.entry = PluginCheck.Entry(
            name: entry.name, settings: .settings(of: entry), settingsPlace: section.place(of: entry),
            settingPlaces: Dictionary(
                entry.settingPlaces.keys.map { ($0, section.place(of: entry, setting: $0)) }, uniquingKeysWith: { first, _ in first }))
    }

    /// A name in `plugins.path`, with the pipeline's settings where it stands there, or a path: of a plugin's folder, of its init.lua, or
    /// of its one file.
    init(_ text: String, in section: PluginsSection) {
        guard text.contains("/") || text.hasSuffix(".lua") else {
            let known = section.pipeline.first { $0.name == text }
            self = known.map { CheckTarget($0, in: section) } ?? CheckTarget(section.path, PluginCheck.Entry(name: text))
            return
        }
        var url = URL(fileURLWithPath: text).standardizedFileURL
        if url.lastPathComponent == "init.lua" { url.deleteLastPathComponent() }
        if url.pathExtension == "lua" { url.deletePathExtension() }
        let directory = url.deletingLastPathComponent().path
        let name = url.lastPathComponent
        if directory == section.path, let known = section.pipeline.first(where: { $0.name == name }) {
            self.init(known, in: section)
        } else {
            self.init(directory, PluginCheck.Entry(name: name))
        }
    }

    private init(_ directory: String, _ entry: PluginCheck.Entry) {
        self.directory = directory
        self.entry = entry
    }
}
