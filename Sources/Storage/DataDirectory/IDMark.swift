import Foundation

/// `DIRECTORY/id_mark`: a time (milliseconds since 1970) that no id given so far has reached, so that ids do not repeat when the clock
/// was set back while no node ran. Written before ids come near it.
public struct IDMark: Sendable {
    private let path: String

    public init(dataDirectory: String) { path = dataDirectory + "/id_mark" }

    /// 0 where there is none yet. Throws `DataDirectoryError` where it can't be read: to start without it could repeat ids.
    public func read() throws -> UInt64 {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return 0 }
            throw DataDirectoryError(path: path, reason: "cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = Foundation.read(descriptor, &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let mark = UInt64(text), mark < 1 << 53 else {
            throw DataDirectoryError(
                path: path, reason: "expected a number of milliseconds; remove the file if the clock was never set back")
        }
        return mark
    }

    /// On the disk when it returns; a crash leaves the old one or the new one. Throws `DataDirectoryError`.
    public func write(_ mark: UInt64) throws {
        let draft = path + ".new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(errno) }
        let bytes = Array("\(mark)\n".utf8)
        let written = Foundation.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        guard written else {
            unlink(draft)
            throw failure(code)
        }
        guard rename(draft, path) == 0 else { throw failure(errno) }
        // The name is a matter of the folder.
        let folder = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure(errno) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure(errno) }
    }

    private func failure(_ code: Int32) -> DataDirectoryError {
        DataDirectoryError(path: path, reason: "cannot be written: \(String(cString: strerror(code)))")
    }
}
