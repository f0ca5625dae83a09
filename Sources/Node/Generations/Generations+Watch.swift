// plugins.watch. On the control thread.
extension Generations {
    func setWatch(_ isOn: Bool) {
        if isOn == (watch != nil) { return }
        watch?.end()
        watch = nil
        guard isOn else { return }
        do {
            let logger = logger
            watch = try FileWatch(
                changed: { [unowned self] in filesChanged() },
                // ENOSPC reads "no space left on device".
                trouble: { logger.warning("plugins.watch: a folder is not watched (fs.inotify.max_user_watches?): \($0)") })
            followFiles()
        } catch {
            logger.error("plugins.watch: \(error); changed files do not reload the plugins")
        }
    }

    /// Watches the files that the last attempt read, and the folders where others would appear.
    func followFiles() {
        guard let watch, let current else { return }
        var folder = current.checked.sources.directory
        var files = Set(current.checked.settingFiles.keys)
        if case .sources(let sources, let texts) = seen {
            folder = sources.directory
            files.formUnion(texts.keys)
        }
        if let file = source.file { files.insert(file) }
        watch.follow(WatchedFiles(pluginsFolder: folder, files: files))
    }
}
