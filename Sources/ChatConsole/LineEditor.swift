/// Editing of one line, without a terminal: keys in, actions out.
public struct LineEditor: Sendable {
    public enum Action: Sendable, Equatable {
        case none
        /// The line or the cursor changed.
        case redraw
        case submit(String)
        /// ctrl-d on an empty line.
        case endOfInput
        /// ctrl-c on an empty line; on another it empties the line.
        case interrupt
        case clearScreen
        case suspend
    }

    /// What is typed, one element a visible character.
    public private(set) var characters: [Character] = []
    /// 0...characters.count
    public private(set) var cursor = 0

    private var history: [String] = []
    /// Where in the history the line comes from; `history.count` for the new line.
    private var position = 0
    /// The new line, while an older one is shown.
    private var draft: [Character] = []
    private let historyLimit: Int
    private let lengthLimit: Int

    public var text: String { String(characters) }

    /// - Parameters:
    ///   - historyLimit: lines kept for the up key.
    ///   - lengthLimit: characters in a line; more are not taken.
    public init(historyLimit: Int = 500, lengthLimit: Int = 8192) {
        self.historyLimit = historyLimit
        self.lengthLimit = lengthLimit
    }

    public mutating func handle(_ key: EditorKey) -> Action {
        switch key {
        case .character(let scalar): return insert(scalar)
        case .enter: return submit()
        case .left: return move(to: cursor - 1)
        case .right: return move(to: cursor + 1)
        case .home: return move(to: 0)
        case .end: return move(to: characters.count)
        case .wordLeft: return move(to: startOfWord())
        case .wordRight: return move(to: endOfWord())
        case .backspace: return remove((cursor - 1)..<cursor)
        case .delete: return remove(cursor..<(cursor + 1))
        case .killToEnd: return remove(cursor..<characters.count)
        case .killToStart: return remove(0..<cursor)
        case .killWord: return remove(startOfWord()..<cursor)
        case .up: return recall(position - 1)
        case .down: return recall(position + 1)
        case .interrupt:
            if characters.isEmpty { return .interrupt }
            replace(with: [])
            position = history.count
            return .redraw
        case .endOfInput: return characters.isEmpty ? .endOfInput : remove(cursor..<(cursor + 1))
        case .clearScreen: return .clearScreen
        case .suspend: return .suspend
        }
    }

    private mutating func insert(_ scalar: Unicode.Scalar) -> Action {
        guard characters.count < lengthLimit else { return .none }
        // A mark or joiner belongs to the character before it.
        if cursor > 0 {
            let joined = String(characters[cursor - 1]) + String(scalar)
            if joined.count == 1, joined.unicodeScalars.count <= 32, let character = joined.first {
                characters[cursor - 1] = character
                return .redraw
            }
        }
        characters.insert(Character(scalar), at: cursor)
        cursor += 1
        return .redraw
    }

    private mutating func submit() -> Action {
        let line = text
        if !line.allSatisfy(\.isWhitespace), history.last != line {
            history.append(line)
            if history.count > historyLimit { history.removeFirst(history.count - historyLimit) }
        }
        position = history.count
        draft = []
        replace(with: [])
        return .submit(line)
    }

    private mutating func move(to target: Int) -> Action {
        guard (0...characters.count).contains(target), target != cursor else { return .none }
        cursor = target
        return .redraw
    }

    private mutating func remove(_ range: Range<Int>) -> Action {
        guard range.lowerBound >= 0, range.upperBound <= characters.count, !range.isEmpty else { return .none }
        characters.removeSubrange(range)
        cursor = range.lowerBound
        return .redraw
    }

    private mutating func recall(_ target: Int) -> Action {
        guard (0...history.count).contains(target), target != position else { return .none }
        if position == history.count { draft = characters }
        position = target
        replace(with: target == history.count ? draft : Array(history[target]))
        return .redraw
    }

    private mutating func replace(with line: [Character]) {
        characters = line
        cursor = line.count
    }

    private func startOfWord() -> Int {
        var index = cursor
        while index > 0, characters[index - 1].isWhitespace { index -= 1 }
        while index > 0, !characters[index - 1].isWhitespace { index -= 1 }
        return index
    }

    private func endOfWord() -> Int {
        var index = cursor
        while index < characters.count, characters[index].isWhitespace { index += 1 }
        while index < characters.count, !characters[index].isWhitespace { index += 1 }
        return index
    }
}
