import ChatConsole
import Testing

@Suite struct LineEditorTests {
    private func editor(_ text: String, _ keys: EditorKey...) -> LineEditor {
        var editor = LineEditor()
        type(text, into: &editor)
        for key in keys { _ = editor.handle(key) }
        return editor
    }

    private func type(_ text: String, into editor: inout LineEditor) {
        for scalar in text.unicodeScalars { _ = editor.handle(.character(scalar)) }
    }

    @Test func insertsAtTheCursor() {
        var editor = editor("helo", .left)
        type("l", into: &editor)
        #expect(editor.text == "hello" && editor.cursor == 4)
    }

    @Test(
        arguments: [
            ([.home, .delete], "ne two", 0), ([.backspace], "one tw", 6), ([.killWord], "one ", 4), ([.killToStart], "", 0),
            ([.home, .killToEnd], "", 0), ([.wordLeft, .killToEnd], "one ", 4), ([.home, .wordRight, .killToStart], " two", 0),
            ([.home, .backspace], "one two", 0), ([.delete], "one two", 7), ([.home, .endOfInput], "ne two", 0),
        ] as [([EditorKey], String, Int)])
    func edits(keys: [EditorKey], text: String, cursor: Int) {
        var editor = editor("one two")
        for key in keys { _ = editor.handle(key) }
        #expect(editor.text == text && editor.cursor == cursor)
    }

    @Test func marksAndJoinersBelongToTheCharacterBefore() {
        let editor = editor("e\u{301}👨\u{200D}👩", .backspace)
        #expect(editor.text == "e\u{301}" && editor.cursor == 1)
    }

    @Test func submitsAndRemembers() {
        var editor = LineEditor()
        for line in ["one", "two", "two", " "] {
            type(line, into: &editor)
            #expect(editor.handle(.enter) == .submit(line))
        }
        type("draft", into: &editor)
        _ = editor.handle(.up)
        #expect(editor.text == "two")
        _ = editor.handle(.up)
        #expect(editor.text == "one")
        #expect(editor.handle(.up) == .none)
        _ = editor.handle(.down)
        _ = editor.handle(.down)
        #expect(editor.text == "draft")
        #expect(editor.handle(.down) == .none)
    }

    @Test func historyAndLengthAreBounded() {
        var editor = LineEditor(historyLimit: 2, lengthLimit: 3)
        for line in ["a", "b", "cdefg"] {
            type(line, into: &editor)
            _ = editor.handle(.enter)
        }
        for _ in 0..<5 { _ = editor.handle(.up) }
        #expect(editor.text == "b")
        _ = editor.handle(.down)
        #expect(editor.text == "cde")
    }

    @Test func leavesOnlyFromAnEmptyLine() {
        var editor = editor("x")
        #expect(editor.handle(.interrupt) == .redraw)
        #expect(editor.handle(.interrupt) == .interrupt)
        #expect(editor.handle(.endOfInput) == .endOfInput)
    }
}
