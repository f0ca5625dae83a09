import ChatConsole
import Testing

@Suite struct TerminalScreenTests {
    private let screen = TerminalScreen(prompt: "al> ", hasColours: false)

    private func editor(_ text: String, left: Int = 0) -> LineEditor {
        var editor = LineEditor()
        for scalar in text.unicodeScalars { _ = editor.handle(.character(scalar)) }
        for _ in 0..<left { _ = editor.handle(.left) }
        return editor
    }

    @Test func drawsPromptTextAndCursor() {
        #expect(screen.draw(editor("hello", left: 2), columns: 80) == "\r\u{1B}[Kal> hello\r\u{1B}[7C")
    }

    @Test func wideCharactersMoveTheCursorByTwo() {
        #expect(screen.draw(editor("你好x", left: 1), columns: 80) == "\r\u{1B}[Kal> 你好x\r\u{1B}[8C")
    }

    @Test func aLongLineScrolls() {
        #expect(screen.draw(editor("0123456789"), columns: 10) == "\r\u{1B}[Kal> 56789\r\u{1B}[9C")
        #expect(screen.draw(editor("0123456789", left: 10), columns: 10) == "\r\u{1B}[Kal> 01234\r\u{1B}[4C")
    }

    @Test func aMessageTakesThePlaceOfTheTypedLine() {
        let line = ConsoleLine(.incoming, speaker: "bob", text: "hi")
        #expect(screen.print(line, over: editor("ty"), columns: 80) == "\r\u{1B}[Kbob: hi\r\n\r\u{1B}[Kal> ty\r\u{1B}[6C")
    }
}
