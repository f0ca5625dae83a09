import ChatConsole
import Testing

@Suite struct KeyDecoderTests {
    @Test(
        arguments: [
            ("\u{1B}[A", .up), ("\u{1B}OB", .down), ("\u{1B}[C", .right), ("\u{1B}[D", .left), ("\u{1B}[H", .home), ("\u{1B}[4~", .end),
            ("\u{1B}[3~", .delete), ("\u{1B}[1;5D", .wordLeft), ("\u{1B}f", .wordRight), ("\u{1}", .home), ("\u{5}", .end),
            ("\u{B}", .killToEnd), ("\u{15}", .killToStart), ("\u{17}", .killWord), ("\u{7F}", .backspace), ("\r", .enter),
            ("\u{4}", .endOfInput), ("\u{3}", .interrupt), ("你", .character("你")), ("😀", .character("😀")),
        ] as [(String, EditorKey)])
    func decodes(input: String, key: EditorKey) {
        var decoder = KeyDecoder()
        #expect(decoder.decode(Array(input.utf8)) == [key])
    }

    @Test func aCharacterCutInHalfWaits() {
        var decoder = KeyDecoder()
        #expect(decoder.decode([0xE4, 0xBD]) == [])
        #expect(decoder.decode([0xA0, 0x61]) == [.character("你"), .character("a")])
    }

    @Test func aLoneEscapeSwallowsNothing() {
        var decoder = KeyDecoder()
        #expect(decoder.decode([0x1B]) == [])
        #expect(decoder.decode([0x61]) == [.character("a")])
    }

    @Test func unknownSequencesAndBrokenBytesDoNoHarm() {
        var decoder = KeyDecoder()
        #expect(decoder.decode(Array("\u{1B}[200~x\u{1B}[15;2~y".utf8)) == [.character("x"), .character("y")])
        #expect(decoder.decode([0xFF, 0xC3, 0x61]) == [.character("\u{FFFD}"), .character("\u{FFFD}"), .character("a")])
    }
}
