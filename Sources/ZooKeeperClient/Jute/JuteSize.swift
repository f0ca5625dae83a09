/// How many bytes values take when `JuteWriter` writes them.
enum JuteSize {
    @inline(__always)
    static func string(_ text: String) -> Int { 4 + text.utf8.count }

    @inline(__always)
    static func path(_ path: String, below chroot: String) -> Int {
        if chroot.isEmpty { return 4 + path.utf8.count }
        return 4 + chroot.utf8.count + (path == "/" ? 0 : path.utf8.count)
    }

    static func strings(_ texts: [String]) -> Int { texts.reduce(4) { $0 + string($1) } }

    static func acl(_ list: [ACL]) -> Int { list.reduce(4) { $0 + 4 + string($1.scheme) + string($1.id) } }
}
