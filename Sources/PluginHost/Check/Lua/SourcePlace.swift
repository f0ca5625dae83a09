/// A place in a source text, both counted from 1; columns in bytes.
public struct SourcePlace: Sendable, Hashable, Comparable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static func < (left: Self, right: Self) -> Bool { (left.line, left.column) < (right.line, right.column) }
}
