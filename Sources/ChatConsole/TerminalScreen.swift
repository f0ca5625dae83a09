/// What to write to a terminal so that messages and the line being typed don't tear each other. Pure: gives the bytes, writes nothing.
///
/// The line being typed takes one row and scrolls sideways when it is longer.
public struct TerminalScreen: Sendable {
    public let prompt: String
    private let hasColours: Bool
    private let promptWidth: Int

    public init(prompt: String, hasColours: Bool) {
        let prompt = DisplayText.safe(prompt)
        self.prompt = prompt
        self.hasColours = hasColours
        self.promptWidth = DisplayWidth.of(prompt)
    }

    /// The typed line on a cleared row, the cursor in its place.
    public func draw(_ editor: LineEditor, columns: Int) -> String {
        // The last column stays free: a cursor behind it would wrap.
        let room = max(columns - promptWidth - 1, 4)
        let (text, cursor) = Self.window(of: editor, room: room)
        let prompt = hasColours ? "\u{1B}[1m\(prompt)\u{1B}[0m" : prompt
        return "\r\u{1B}[K\(prompt)\(text)\r" + (promptWidth + cursor > 0 ? "\u{1B}[\(promptWidth + cursor)C" : "")
    }

    /// A line of output in place of the typed line, which follows on the next row.
    public func print(_ line: ConsoleLine, over editor: LineEditor, columns: Int) -> String {
        clear() + (hasColours ? line.coloured : line.marked) + "\r\n" + draw(editor, columns: columns)
    }

    /// Leaves an empty row, for the end.
    public func clear() -> String { "\r\u{1B}[K" }

    /// ctrl-l
    public func clearAll(_ editor: LineEditor, columns: Int) -> String {
        "\u{1B}[H\u{1B}[2J" + draw(editor, columns: columns)
    }

    /// The part of the line that is shown, with the cursor's column in it.
    private static func window(of editor: LineEditor, room: Int) -> (text: String, cursor: Int) {
        let characters = editor.characters
        let widths = characters.map { DisplayWidth.of(Character(DisplayText.safe(String($0)))) }
        var start = 0
        var cursor = widths[..<editor.cursor].reduce(0, +)
        while cursor > room, start < editor.cursor {
            cursor -= widths[start]
            start += 1
        }
        var end = start
        var used = 0
        while end < characters.count, used + widths[end] <= room {
            used += widths[end]
            end += 1
        }
        return (DisplayText.safe(String(characters[start..<end])), cursor)
    }
}
