/// Did-you-mean for names in scripts.
package enum Spelling {
    /// The word that `text` most likely is a misspelling of; nil where none is near.
    package static func nearest(to text: String, among words: [String]) -> String? {
        let allowed = max(1, min(3, text.count / 3))
        let best = words.map { (word: $0, distance: distance(text, $0)) }.min { $0.distance < $1.distance }
        return best.flatMap { $0.distance <= allowed ? $0.word : nil }
    }

    /// Insertions, deletions and replacements that turn one text into the other; a swap of neighbours counts as one.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.lowercased().utf8.prefix(128)), right = Array(right.lowercased().utf8.prefix(128))
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                var least = min(last[column + 1] + 1, current[column] + 1, last[column] + (left[row] == right[column] ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    least = min(least, beforeLast[column - 1] + 1)
                }
                current.append(least)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}

extension Spelling {
    /// "; did you mean NAME?", or nothing where no word is near.
    static func hint(for word: String, among words: some Sequence<String>, _ show: (String) -> String = { $0 }) -> String {
        nearest(to: word, among: words.sorted()).map { "; did you mean \(show($0))?" } ?? ""
    }
}
