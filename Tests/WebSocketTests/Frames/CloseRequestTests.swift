import Testing
import WebSocket

@Suite("Close frames of clients")
struct CloseRequestTests {
    private func answer(_ code: Int, _ reason: [UInt8] = []) -> UInt16? {
        WebSocketCloseRequest([UInt8(code >> 8), UInt8(code & 0xFF)] + reason).answer?.rawValue
    }

    @Test(
        "7.7: codes that may be sent come back", arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])
    func valid(_ code: Int) {
        #expect(answer(code) == UInt16(code))
    }

    @Test("7.9: others are a fault", arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
    func invalid(_ code: Int) {
        #expect(answer(code) == 1002)
    }

    @Test("7.3: without a code, with half of one, with a reason")
    func forms() {
        #expect(WebSocketCloseRequest([]).answer == nil)
        #expect(WebSocketCloseRequest([3]).answer?.rawValue == 1002)
        #expect(answer(1000, Array("bye 再见".utf8)) == 1000)
        #expect(answer(1000, [0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xED, 0xA0, 0x80]) == 1007)
    }
}
