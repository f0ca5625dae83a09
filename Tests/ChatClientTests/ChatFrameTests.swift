import NIOCore
import Testing
import WireProtocol

@testable import ChatClient

@Suite struct ChatFrameTests {
    private func beat(_ sequence: UInt64) -> WireMessage {
        var message = WireMessage()
        message.type = .heartBeat
        message.sequence = sequence
        return message
    }

    @Test func framesCutAnywhereComeWhole() throws {
        var stream = try ChatFrame.encode(beat(1), maximumBodyBytes: 100)
        stream.writeImmutableBuffer(try ChatFrame.encode(beat(2), maximumBodyBytes: 100))
        for cut in 0...stream.readableBytes {
            var decoder = ChatFrameDecoder(maximumBodyBytes: 100)
            var buffer = ByteBuffer()
            var sequences: [UInt64] = []
            for part in [stream.getSlice(at: 0, length: cut), stream.getSlice(at: cut, length: stream.readableBytes - cut)] {
                if let part { buffer.writeImmutableBuffer(part) }
                while let message = try decoder.decode(buffer: &buffer) { sequences.append(message.sequence) }
            }
            #expect(sequences == [1, 2])
        }
    }

    @Test(
        arguments: [
            [0x48, 0x54],  // HTTP
            [0x00, 0x86, 0x00, 0x02, 0, 0, 0, 0],  // version 2
            [0x00, 0x86, 0x00, 0x01, 0xFF, 0xFF, 0xFF, 0xFF],  // length -1
            [0x00, 0x86, 0x00, 0x01, 0, 0, 0, 101],  // too long
            [0x00, 0x86, 0x00, 0x01, 0, 0, 0, 1, 0x08],  // a tag without its value
        ] as [[UInt8]])
    func whatNoNodeSendsIsAViolation(bytes: [UInt8]) {
        var decoder = ChatFrameDecoder(maximumBodyBytes: 100)
        var buffer = ByteBuffer(bytes: bytes)
        #expect(throws: ChatFrameDecoder.Violation.self) { try decoder.decode(buffer: &buffer) }
    }

    @Test func aBodyOverTheLimitIsNotSent() {
        var message = beat(1)
        message.sessionID = String(repeating: "x", count: 200)
        #expect(throws: ChatClientError.self) { try ChatFrame.encode(message, maximumBodyBytes: 100) }
    }

    @Test(arguments: [
        ("127.0.0.1:7000", "127.0.0.1:7000"), ("[::1]:1", "[::1]:1"), ("h:65535", "h:65535"), ("h", nil), (":7", nil),
        ("h:0", nil), ("h:65536", nil), ("::1:7", nil), ("h:+7", nil), ("[]:7", nil),
    ])
    func addresses(text: String, expected: String?) {
        #expect(ChatAddress(parsing: text)?.description == expected)
    }
}
