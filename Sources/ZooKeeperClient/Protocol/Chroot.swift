/// The path under which a client's paths lie; empty for none.
struct Chroot: Equatable {
    let path: String

    /// A path as the server names it.
    func full(_ path: String) -> String {
        if self.path.isEmpty { return path }
        return path == "/" ? self.path : self.path + path
    }

    /// A path of the server as the client names it.
    func strip(_ path: String) -> String {
        if self.path.isEmpty || !path.hasPrefix(self.path) { return path }
        if path.utf8.count == self.path.utf8.count { return "/" }
        return String(Substring(path.utf8.dropFirst(self.path.utf8.count)))
    }
}
