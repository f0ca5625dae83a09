/// Did-you-mean.
enum Spelling {
    /// The word that `text` most likely is a misspelling of; nil where none is near.
    static func nearest(to text: String, among words: [String]) -> String? {
        let allowed = max(1, min(3, text.count / 3))
        let best = words.map { (word: $0, distance: distance(text, $0)) }.min { $0.distance < $1.distance }
        return best.flatMap { $0.distance <= allowed ? $0.word : nil }
    }

    /// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.lowercased().utf8.prefix(128))
        let right = Array(right.lowercased().utf8.prefix(128))
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 1..<(left.count + 1) {
            var current = [row] + Array(repeating: 0, count: right.count)
            for column in 1..<(right.count + 1) {
                let same = left[row - 1] == right[column - 1]
                var least = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (same ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    least = min(least, beforeLast[column - 2] + 1)
                }
                current[column] = least
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
