import Foundation

/// Rows as text for people; the form is that of a Markdown table.
struct ResultTable {
    let text: String

    init(_ rows: [Row]) {
        let head = ["piece", "ns", "least ns", "allocations", "bytes"]
        let cells = rows.map { row in
            [
                row.name, Self.number(row.nanoseconds, 1), Self.number(row.least, 1), Self.number(row.allocations, 2),
                Self.number(row.bytes, 0),
            ]
        }
        let widths = head.indices.map { column in ([head] + cells).map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells, widths).enumerated().map { index, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == 0 ? cell.0 + space : space + cell.0
            }
            return "| " + padded.joined(separator: " | ") + " |"
        }
        let rule = widths.enumerated().map { column, width in
            column == 0 ? String(repeating: "-", count: width) : String(repeating: "-", count: width - 1) + ":"
        }
        text = ([line(head), line(rule)] + cells.map(line)).joined(separator: "\n")
    }

    private static func number(_ value: Double?, _ digits: Int) -> String {
        value.map { String(format: "%.\(digits)f", $0) } ?? ""
    }
}
