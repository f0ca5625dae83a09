import Testing
import WireProtocol

@Suite struct FrameDecoderTests {
    private var message: WireMessage {
        .with {
            $0.type = .messageRequest
            $0.sequence = 7
            $0.messageRequest.to = "bob"
            $0.messageRequest.content = "hello"
        }
    }

    @Test func aFrameIsHeadAndBody() throws {
        let frame = try Frame.encode(message)
        let body: [UInt8] = try message.serializedBytes()
        #expect(Array(frame[..<8]) == [0x00, 0x86, 0x00, 0x01, 0, 0, 0, UInt8(body.count)])
        #expect(Array(frame[8...]) == body)
    }

    @Test func lengthIsBigEndian() {
        #expect(Array(Frame.encode(body: [UInt8](repeating: 0, count: 0x01_0203))[4..<8]) == [0x00, 0x01, 0x02, 0x03])
    }

    @Test func aFrameMayBeCutAnywhere() throws {
        let stream = try Frame.encode(message) + Frame.encode(body: []) + Frame.encode(message)
        for cut in 0...stream.count {
            var decoder = FrameDecoder()
            var bodies: [[UInt8]] = []
            for piece in [stream[..<cut], stream[cut...]] {
                decoder.append(piece)
                while let body = try decoder.nextBody() { bodies.append(body) }
            }
            let body: [UInt8] = try message.serializedBytes()
            #expect(bodies == [body, [], body], "cut at \(cut)")
            #expect(decoder.pendingBytes == 0)
        }
    }

    @Test func framesMayComeByteByByteOrTogether() throws {
        let stream = try Array(repeating: Frame.encode(message), count: 3).flatMap { $0 }
        var single = FrameDecoder()
        var count = 0
        for byte in stream {
            single.append([byte])
            while try single.nextMessage() != nil { count += 1 }
        }
        #expect(count == 3)

        var together = FrameDecoder()
        together.append(stream)
        for _ in 0..<3 { #expect(try together.nextMessage() == message) }
        #expect(try together.nextMessage() == nil)
    }

    @Test(arguments: [
        ([0x01] as [UInt8], FrameError.badMagic), ([0x00, 0x87], .badMagic), ([0x86], .badMagic),
        ([0x00, 0x86, 0x01], .badVersion), ([0x00, 0x86, 0x00, 0x02], .badVersion), ([0x00, 0x86, 0x00, 0x00], .badVersion),
        ([0x00, 0x86, 0x00, 0x01, 0xff, 0xff, 0xff, 0xff], .badLength), ([0x00, 0x86, 0x00, 0x01, 0x80, 0, 0, 0], .badLength),
        ([0x00, 0x86, 0x00, 0x01, 0x00, 0x10, 0x00, 0x01], .badLength), ([0x00, 0x86, 0x00, 0x01, 0x7f, 0xff, 0xff, 0xff], .badLength),
    ])
    func aWrongHeadIsToldFromItsFirstWrongByte(bytes: [UInt8], error: FrameError) throws {
        var decoder = FrameDecoder()
        decoder.append(bytes.dropLast())
        #expect(try decoder.nextBody() == nil, "right so far")
        decoder.append(bytes.suffix(1))
        #expect(throws: error) { try decoder.nextBody() }
        decoder.append(try Frame.encode(message))
        #expect(throws: error, "boundaries are lost for good") { try decoder.nextBody() }
    }

    @Test func theLongestBodyIsAccepted() throws {
        var decoder = FrameDecoder(maximumBodyLength: 5)
        decoder.append(Frame.encode(body: [1, 2, 3, 4, 5]))
        #expect(try decoder.nextBody() == [1, 2, 3, 4, 5])
        decoder.append(Frame.encode(body: [1, 2, 3, 4, 5, 6]))
        #expect(throws: FrameError.badLength) { try decoder.nextBody() }
    }

    @Test func framesBeforeABadOneAreDelivered() throws {
        var decoder = FrameDecoder()
        decoder.append(try Frame.encode(message) + [0xff])
        #expect(try decoder.nextMessage() == message)
        #expect(throws: FrameError.badMagic) { try decoder.nextMessage() }
    }

    @Test func aBodyThatIsNoMessageIsUndecodable() throws {
        var decoder = FrameDecoder()
        decoder.append(Frame.encode(body: [0x0b]))
        #expect(throws: FrameError.undecodable) { try decoder.nextMessage() }
    }

    @Test func errorsAreCountedByTheseNames() {
        #expect(FrameError.allCases.map(\.reason) == ["bad_magic", "bad_version", "bad_length", "undecodable"])
    }
}
