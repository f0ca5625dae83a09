import Foundation

/// A file that its owner alone can read, written line by line. It is made with the first line, so that a refusal leaves no file.
final class RecordingFile {
    private let path: String
    private var handle: FileHandle?

    init(path: String) { self.path = path }

    /// - Throws: `CommandError` that names the file.
    func write(_ line: Data) throws {
        let handle = try opened()
        do { try handle.write(contentsOf: line + [10]) } catch {
            throw CommandError("\(path) cannot be written: \(error.localizedDescription)")
        }
    }

    func close() { try? handle?.close() }

    private func opened() throws -> FileHandle {
        if let handle { return handle }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandError("\(path) cannot be written: \(String(cString: strerror(errno)))") }
        // One that was there keeps its rights otherwise.
        fchmod(descriptor, 0o600)
        let new = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        handle = new
        return new
    }
}
