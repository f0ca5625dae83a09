/// Columns aligned for a terminal of fixed-width characters.
struct TextTable {
    enum Side { case left, right }

    private let sides: [Side]
    private var rows: [[String]] = []

    init(_ sides: [Side]) { self.sides = sides }

    mutating func add(_ cells: [String]) { rows.append(cells) }

    mutating func replaceLast(_ cells: [String]) {
        if !rows.isEmpty { rows[rows.count - 1] = cells }
    }

    /// One line a row, without blanks at the ends.
    var lines: [String] {
        let widths = sides.indices.map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, text in
                let blanks = String(repeating: " ", count: widths[column] - text.count)
                return sides[column] == .left ? text + blanks : blanks + text
            }
            let line = cells.joined(separator: "  ")
            return String(line[..<(line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex)])
        }
    }
}
