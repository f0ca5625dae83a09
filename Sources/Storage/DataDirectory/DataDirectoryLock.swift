import Foundation

/// Keeps a second node out of a data directory: an exclusive `flock` on `DIRECTORY/lock`, held until `release` or the end of the
/// process. The file says who holds it and stays behind; only the lock counts.
public final class DataDirectoryLock: @unchecked Sendable {
    // `guardian` guards `descriptor`.
    private let guardian = NSLock()
    private var descriptor: Int32

    /// Makes the directory where it is missing and takes the lock, without waiting. Throws `DataDirectoryError`.
    public init(dataDirectory: String) throws {
        try DataDirectory.make(dataDirectory)
        let path = dataDirectory + "/lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw DataDirectoryError(path: path, reason: "cannot be opened: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let holder = Self.holder(descriptor)
            close(descriptor)
            descriptor = -1
            throw DataDirectoryError(
                path: dataDirectory,
                reason: code == EWOULDBLOCK
                    ? "the data directory is in use by process \(holder ?? "unknown"); two nodes cannot share it"
                    : "the data directory cannot be locked: \(String(cString: strerror(code)))")
        }
        let text = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
    }

    /// Gives the lock back. Calling it again does nothing.
    public func release() {
        guardian.withLock {
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    deinit { release() }

    private static func holder(_ descriptor: Int32) -> String? {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let digits = String(decoding: bytes.prefix(max(0, count)).prefix { $0 >= 48 && $0 <= 57 }, as: UTF8.self)
        return digits.isEmpty ? nil : digits
    }
}
