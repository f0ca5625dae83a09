/// A CSV file (RFC 4180) of names and passwords.
public enum AccountFile {
    public struct Entry: Sendable, Hashable {
        public var name: String
        public var password: String
        /// Counted from 1.
        public var line: Int
    }

    /// Why a file can't be read.
    public struct Failure: Error, Hashable {
        /// Counted from 1.
        public var line: Int
        public var reason: String
    }

    /// Empty lines are skipped.
    public static func read(_ text: String) throws(Failure) -> [Entry] {
        var entries: [Entry] = []
        var lines: [[UInt8]: Int] = [:]
        var rows = CSVRows(text)
        while let row = try rows.next() {
            if row.fields == [""] { continue }
            guard row.fields.count == 2 else {
                throw Failure(line: row.line, reason: "expected name,password, found \(row.fields.count) fields")
            }
            let entry = Entry(name: row.fields[0], password: row.fields[1], line: row.line)
            guard AccountName.isValid(entry.name) else { throw Failure(line: row.line, reason: "\(AccountError.badName(entry.name))") }
            guard Password.isValid(entry.password) else { throw Failure(line: row.line, reason: "\(AccountError.badPassword)") }
            if let before = lines.updateValue(row.line, forKey: Array(entry.name.utf8)) {
                throw Failure(line: row.line, reason: "the name stands in line \(before) already")
            }
            entries.append(entry)
        }
        return entries
    }
}
