import Testing
import WebSocket

@Suite("Frames of the server")
struct OutputTests {
    @Test("Heads have the shortest form, and no mask")
    func heads() {
        #expect(WebSocketOutput.frame(.binary, pattern(125)).prefix(2) == [0x82, 125])
        #expect(WebSocketOutput.frame(.binary, pattern(126)).prefix(4) == [0x82, 126, 0, 126])
        #expect(WebSocketOutput.frame(.binary, pattern(65535)).prefix(4) == [0x82, 126, 0xFF, 0xFF])
        #expect(WebSocketOutput.frame(.binary, pattern(65536)).prefix(10) == [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0])
        #expect(WebSocketOutput.frame(.pong, [7, 8]) == [0x8A, 2, 7, 8])
        #expect(WebSocketOutput.frame(.binary, pattern(300)).dropFirst(4).elementsEqual(pattern(300)))
    }

    @Test("Close frames carry their code, or none")
    func close() {
        #expect(WebSocketOutput.close(.tooBig) == [0x88, 2, 0x03, 0xF1])
        #expect(WebSocketOutput.close(nil) == [0x88, 0])
    }
}
