import ChatConsole
import Testing

@Suite struct DisplayTests {
    @Test(arguments: [
        ("plain ü 你 😀", "plain ü 你 😀"), ("a\u{1B}[31mb", "a�[31mb"), ("a\u{9B}2Jb", "a�2Jb"), ("a\u{7}\u{8}\u{0}", "a���"),
        ("one\ntwo\r\nthree\r", "one↵two↵three↵"), ("a\tb", "a b"), ("a\u{202E}b", "a�b"), ("a\u{2028}b", "a↵b"), ("\u{7F}", "�"),
    ])
    func neutralises(text: String, expected: String) {
        #expect(DisplayText.safe(text).replacing("\u{FFFD}", with: "�") == expected)
    }

    @Test(arguments: [("abc", 3), ("你好", 4), ("e\u{301}", 1), ("😀", 2), ("👨\u{200D}👩", 2), ("ｗ", 2), ("한", 2), ("é", 1), ("❤\u{FE0F}", 2)])
    func width(text: String, expected: Int) {
        #expect(DisplayWidth.of(text) == expected)
    }

    @Test func aSpeakerCannotFakeALine() {
        let line = ConsoleLine(.incoming, speaker: "bob\nalice", text: "hi\nalice: no")
        #expect(line.plain == "bob↵alice: hi↵alice: no")
    }
}
