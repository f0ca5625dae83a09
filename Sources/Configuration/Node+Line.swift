import Yams

extension Node {
    /// The line it starts at, counted from 1; 0 where that is not known.
    var line: Int { mark?.line ?? 0 }
    /// The column, likewise.
    var column: Int { mark?.column ?? 0 }
}
