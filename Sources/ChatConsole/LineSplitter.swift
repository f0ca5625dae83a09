/// Cuts bytes into lines: pure.
struct LineSplitter {
    private var bytes: [UInt8] = []
    /// Where the next line begins, and up to where no line break is.
    private var start = 0
    private var searched = 0
    private let limit: Int

    /// - Parameter limit: bytes in a line at most; a longer one comes in pieces.
    init(limit: Int) {
        self.limit = limit
    }

    mutating func append(_ more: [UInt8]) {
        bytes.removeFirst(start)
        searched -= start
        start = 0
        bytes += more
    }

    /// The next whole line, without its line break.
    mutating func next() -> String? {
        if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
            defer { (start, searched) = (end + 1, end + 1) }
            return text(bytes[start..<end])
        }
        searched = bytes.count
        guard bytes.count - start >= limit else { return nil }
        return rest()
    }

    /// What is left at the end.
    mutating func rest() -> String? {
        guard start < bytes.count else { return nil }
        defer { (bytes, start, searched) = ([], 0, 0) }
        return text(bytes[start...])
    }

    private func text(_ line: ArraySlice<UInt8>) -> String {
        String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }
}
