import Glibc

/// Reads small files.
enum FileBytes {
    private static let most = 1 << 20

    static func read(_ path: String, _ place: String, _ expected: String) throws(TLSError) -> [UInt8] {
        func refusal(_ found: String) -> TLSError { TLSError("\(place): expected \(expected), found \(path): \(found)") }
        guard let file = fopen(path, "re") else { throw refusal(String(cString: strerror(errno))) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            guard ferror(file) == 0 else { throw refusal(String(cString: strerror(errno))) }
            if count == 0 { return bytes }
            bytes += piece[..<count]
            guard bytes.count <= most else { throw refusal("more than \(most) bytes") }
        }
    }

    /// What changes when a file is written or replaced; nil where there is none. Links are followed.
    static func stamp(_ path: String) -> [Int]? {
        var found = stat()
        guard stat(path, &found) == 0 else { return nil }
        return [Int(found.st_ino), Int(found.st_size), found.st_mtim.tv_sec, found.st_mtim.tv_nsec]
    }
}
