import PluginHost

/// What the last attempt to load rules found, so that the watch does not repeat it, nor its failure.
enum SeenRules: Equatable {
    case sources(PluginSources, [String: [UInt8]?])
    /// The configuration or a plugin's files could not be read; the reason.
    case unreadable(String)

    /// Whether a look at the disk finds the same again.
    func isSame(as found: Result<PluginSources, ReloadFailure>) -> Bool {
        switch (self, found) {
        case (.sources(let sources, let files), .success(let now)): sources == now && !SettingFiles.differ(from: files)
        case (.unreadable(let reason), .failure(let failure)): reason == failure.message
        default: false
        }
    }
}
