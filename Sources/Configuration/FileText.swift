import Foundation

/// Reads small files.
enum FileText {
    /// The file's bytes; `refusal` turns what was found instead into an error.
    static func read(_ path: String, limit: Int, _ refusal: (String) -> ConfigurationError) throws -> [UInt8] {
        guard let file = fopen(path, "re") else { throw refusal(String(cString: strerror(errno))) }
        defer { fclose(file) }
        // Piece by piece: a running node reads its configuration again, and would keep the room for the longest one.
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            guard ferror(file) == 0 else { throw refusal(String(cString: strerror(errno))) }
            if count == 0 { break }
            bytes += piece[..<count]
            guard bytes.count <= limit else { throw refusal("more than \(limit) bytes") }
        }
        return bytes
    }
}
