import Glibc

/// The datagram socket on which a supervisor listens (systemd's notification protocol, sd_notify(3)).
struct NotifySocket: Sendable {
    /// sockaddr_un's path; an abstract name begins with a zero.
    private let path: [UInt8]

    /// - Parameter name: NOTIFY_SOCKET: an absolute path, or `@` and an abstract name. nil for what is neither.
    init?(_ name: String) {
        var path = Array(name.utf8)
        guard path.count > 1, path.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { return nil }
        switch path[0] {
        case UInt8(ascii: "/"): break
        case UInt8(ascii: "@"): path[0] = 0
        default: return nil
        }
        self.path = path
    }

    /// Any thread; does not wait: what the supervisor has no room for is lost.
    /// - Returns: 0 or an errno.
    func send(_ text: String) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        // An abstract name ends where the address does.
        let length = socklen_t(MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 2) + socklen_t(path.count)
        var text = text
        let sent = text.withUTF8 { bytes in
            withUnsafePointer(to: &address) { address in
                address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT), $0, length)
                }
            }
        }
        return sent < 0 ? errno : 0
    }
}
