/// A recording that was read.
public struct Recording: Sendable, Equatable {
    public var header: RecordingHeader
    /// In the order of their numbers.
    public var entries: [RecordingEntry]

    public init(header: RecordingHeader, entries: [RecordingEntry]) {
        self.header = header
        self.entries = entries
    }

    /// Reads a recording's text.
    ///
    /// A last line without its end is left out: the recording was cut off there.
    /// - Throws: `RecordingError` that names file, line and what is wrong.
    public init(_ bytes: [UInt8], file: String) throws {
        var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == false, lines.count > 1 { lines.removeLast() }
        var header: RecordingHeader?
        var entries: [RecordingEntry] = []
        for (index, line) in lines.enumerated() where !line.isEmpty {
            func fail(_ reason: String) -> RecordingError { RecordingError("\(file):\(index + 1): \(reason)") }
            do {
                let json = try JSONReader.read(line)
                if header == nil { header = try RecordingHeader(json) } else { entries.append(try RecordingEntry(json)) }
            } catch let failure as JSONReader.Failure {
                throw header == nil ? fail("this is no recording of hpush") : fail("column \(failure.column): \(failure.reason)")
            } catch { throw fail("\(error)") }
        }
        guard let header else { throw RecordingError("\(file):1: this is no recording of hpush") }
        self.header = header
        self.entries = entries.sorted { $0.number < $1.number }
    }
}
