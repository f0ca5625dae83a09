/// The rows of a CSV text (RFC 4180), one after the other. Line ends are LF or CRLF.
struct CSVRows {
    struct Row: Hashable {
        var fields: [String]
        /// Where it begins, counted from 1.
        var line: Int
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ text: String) {
        bytes = Array(text.utf8)
        // A byte order mark is no part of the first name.
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    /// nil at the end.
    mutating func next() throws(AccountFile.Failure) -> Row? {
        guard position < bytes.count else { return nil }
        var row = Row(fields: [], line: line)
        while true {
            row.fields.append(try field(row.line))
            guard position < bytes.count else { return row }
            let end = bytes[position]
            position += 1
            if end == UInt8(ascii: ",") { continue }
            line += 1
            return row
        }
    }

    /// Stands before the comma, the LF or the end afterwards.
    private mutating func field(_ start: Int) throws(AccountFile.Failure) -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return plain() }
        position += 1
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\n") { line += 1 }
            guard byte == UInt8(ascii: "\"") else {
                text.append(byte)
                continue
            }
            guard position < bytes.count, bytes[position] == byte else {
                if bytes[position...].starts(with: [13, 10]) { position += 1 }
                guard position == bytes.count || bytes[position] == 10 || bytes[position] == UInt8(ascii: ",") else {
                    throw AccountFile.Failure(line: line, reason: "expected a comma or the line's end after a closing quote")
                }
                return String(decoding: text, as: UTF8.self)
            }
            text.append(byte)
            position += 1
        }
        throw AccountFile.Failure(line: start, reason: "a quote is not closed")
    }

    private mutating func plain() -> String {
        let end = bytes[position...].firstIndex { $0 == UInt8(ascii: ",") || $0 == 10 } ?? bytes.count
        var text = bytes[position..<end]
        if text.last == 13, end == bytes.count || bytes[end] == 10 { text = text.dropLast() }
        position = end
        return String(decoding: text, as: UTF8.self)
    }
}
