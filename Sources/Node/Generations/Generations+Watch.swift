// plugins.watch. On the control thread.
extension Generations {
    func setWatch(_ isOn: Bool) {
        if isOn == (watch != nil) { return }
        watch?.end()
        watch = nil
        guard isOn else { return }
        do {
            watch = try FileWatch { [unowned self] in filesChanged() }
            followFiles()
        } catch {
            logger.error("plugins.watch: \(error); changed files do not reload the plugins")
        }
    }

    /// Watches the files that the last attempt read, and the folders where others would appear.
    func followFiles() {
        guard let watch, let current else { return }
        var folder = current.checked.sources.directory
        var files = Array(current.checked.settingFiles.keys)
        if case .sources(let sources, let texts) = seen {
            folder = sources.directory
            files += texts.keys
        }
        if let file = source.file { files.append(file) }
        watch.follow(WatchedFiles(pluginsFolder: folder, files: files))
    }
}
