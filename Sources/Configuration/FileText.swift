import Foundation

/// Reads small files.
enum FileText {
    /// The file's bytes; `refusal` turns what was found instead into an error.
    static func read(_ path: String, limit: Int, _ refusal: (String) -> ConfigurationError) throws -> [UInt8] {
        guard let file = fopen(path, "re") else { throw refusal(String(cString: strerror(errno))) }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0 else { throw refusal(String(cString: strerror(errno))) }
        guard count <= limit else { throw refusal("more than \(limit) bytes") }
        bytes.removeSubrange(count...)
        return bytes
    }
}
