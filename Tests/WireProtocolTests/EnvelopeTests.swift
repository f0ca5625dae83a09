import CWire
import SwiftProtobuf
import Testing
import WireProtocol

@Suite struct EnvelopeTests {
    private func withEnvelope<Result>(_ body: [UInt8], _ use: (Envelope) throws -> Result) throws -> Result {
        try body.withUnsafeBytes { try use(Envelope(scanning: $0)) }
    }

    private func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

    private func failure(_ body: [UInt8]) -> String? {
        do {
            try withEnvelope(body) { _ in }
            return nil
        } catch {
            return (error as? ScanFailure)?.detail
        }
    }

    @Test func readsWhatRoutingNeeds() throws {
        let message = WireMessage.with {
            $0.type = .messageRequest
            $0.sequence = 12
            $0.sessionID = "0123456789abcdef0123456789abcdef"
            $0.messageRequest.msgID = 99
            $0.messageRequest.from = "alice"
            $0.messageRequest.to = "bob"
            $0.messageRequest.group = "friends"
            $0.messageRequest.content = "你好"
        }
        try withEnvelope(try message.serializedBytes()) { envelope in
            #expect(envelope.headType == .messageRequest && envelope.type == 5)
            #expect(envelope.sequence == 12 && envelope.messageID == 99)
            #expect(text(envelope.sessionID) == message.sessionID)
            #expect([envelope.from, envelope.to, envelope.group].map(text) == ["alice", "bob", "friends"])
            #expect(!envelope.carriesNodeFields && !envelope.isSplit)
            let inner = try WireMessageRequest(serializedBytes: Array(envelope.inner))
            #expect(inner == message.messageRequest)
        }
    }

    @Test func anEmptyBodyIsALoginRequestWithoutContent() throws {
        try withEnvelope([]) { envelope in
            #expect(envelope.headType == .loginRequest && envelope.inner.isEmpty && envelope.sessionID.isEmpty)
        }
    }

    @Test func unknownTypesPass() throws {
        try withEnvelope(WireBytes.number(1, 4711)) { #expect($0.headType == .UNRECOGNIZED(4711) && $0.type == 4711) }
        try withEnvelope(WireBytes.number(1, .max)) { #expect($0.headType == .UNRECOGNIZED(-1)) }
    }

    @Test func theLastOneWins() throws {
        let request = WireBytes.text(3, "first") + WireBytes.text(3, "second")
        let sessions = WireBytes.text(3, "s") + WireBytes.text(3, "")
        let body = WireBytes.number(1, 4) + WireBytes.bytes(6, request) + WireBytes.number(1, 5) + sessions
        try withEnvelope(body) { #expect($0.type == 5 && text($0.to) == "second" && $0.sessionID.isEmpty) }
    }

    @Test func partsOfAnInnerMessageAreTold() throws {
        let body = WireBytes.number(1, 5) + WireBytes.bytes(6, WireBytes.text(2, "alice")) + WireBytes.bytes(6, WireBytes.text(3, "bob"))
        try withEnvelope(body) { #expect($0.isSplit && text($0.from) == "alice" && text($0.to) == "bob") }
        let joined = try #require(Scanned(body).rewritten([], strip: true))
        #expect(joined == WireBytes.number(1, 5) + WireBytes.bytes(6, WireBytes.text(2, "alice") + WireBytes.text(3, "bob")))
    }

    @Test func anInnerMessageOfAnotherTypeIsCheckedButNotUsed() throws {
        let body = WireBytes.number(1, 4) + WireBytes.bytes(6, WireBytes.text(3, "bob"))
        try withEnvelope(body) { #expect($0.to.isEmpty && $0.inner.isEmpty && !$0.isSplit) }
        #expect(failure(WireBytes.number(1, 4) + WireBytes.bytes(6, WireBytes.bytes(3, [0xff]))) == "bad_utf8")
    }

    @Test(arguments: [17, 18] as [UInt32])
    func nodeFieldsAreToldAndStripped(number: UInt32) throws {
        let kept = WireBytes.text(3, "bob") + WireBytes.number(40, 1)
        for field in [WireBytes.number(number, 5), WireBytes.bytes(number, [1]), WireBytes.group(number, [])] {
            let body = WireBytes.number(1, 5) + WireBytes.bytes(6, field + kept)
            try withEnvelope(body) { #expect($0.carriesNodeFields) }
            #expect(Scanned(body).rewritten([], strip: true) == WireBytes.number(1, 5) + WireBytes.bytes(6, kept))
        }
    }

    @Test func brokenBodiesAreRefusedByReason() {
        #expect(failure([0x08]) == "truncated")
        #expect(failure([0x08, 0x80]) == "truncated")
        #expect(failure([0x1a, 0x05, 0x41]) == "truncated")
        #expect(failure([0x25, 1, 2, 3]) == "truncated")
        #expect(failure([0x00, 0x00]) == "bad_tag")
        #expect(failure([0x0e]) == "bad_tag")
        #expect(failure([0x0c]) == "bad_tag")
        #expect(failure([0x80, 0x80, 0x80, 0x80, 0x10, 0x01]) == "bad_tag")
        #expect(failure([0x08] + [UInt8](repeating: 0xff, count: 11)) == "bad_varint")
        #expect(failure(WireBytes.bytes(3, [0xc0, 0x80])) == "bad_utf8")
        #expect(failure(WireBytes.tag(20, 3) + WireBytes.tag(21, 4)) == "bad_tag")
    }

    @Test func aTagHasAtMostFiveBytes() throws {
        try withEnvelope(WireBytes.tag(1, 0, padding: 4) + [5]) { #expect($0.type == 5) }
        let tooLong = WireBytes.tag(1, 0, padding: 5) + [5]
        #expect(failure(tooLong) == "bad_tag")
        #expect((try? WireMessage(serializedBytes: tooLong)) == nil)
    }

    /// Depth counts as swift-protobuf does: the message is the first, so 99 groups are accepted.
    @Test func groupsHaveALimit() {
        func nested(_ depth: Int) -> [UInt8] { (0..<depth).reduce([]) { content, _ in WireBytes.group(20, content) } }
        for depth in [98, 99, 100, 101] {
            for body in [nested(depth), WireBytes.bytes(6, nested(depth)), WireBytes.bytes(18, WireBytes.bytes(1, nested(depth)))] {
                #expect((failure(body) == nil) == ((try? WireMessage(serializedBytes: body)) != nil), "\(depth)")
            }
        }
        #expect(failure(nested(99)) == nil)
        #expect(failure(nested(100)) == "too_deep")
        #expect(failure([UInt8](repeating: 0x0b, count: 1_000_000)) == "too_deep")
    }

    /// Every lead byte with every second byte, and the edges of the ranges behind them, against the standard library.
    @Test func utf8IsStrict() {
        for lead in 0...255 as ClosedRange<UInt8> {
            for second in 0...255 as ClosedRange<UInt8> {
                for tail in [[], [0x80], [0xbf, 0x80], [0x7f, 0x80], [0x80, 0xc0], [0x80, 0x41], [0x41, 0x41]] as [[UInt8]] {
                    let bytes = [lead, second] + tail
                    #expect(hp_utf8_valid(bytes, bytes.count) == (String(validating: bytes, as: UTF8.self) != nil))
                }
            }
        }
    }

    @Test func utf8IsCheckedAtEveryPosition() {
        for length in 1...40 {
            for position in 0..<length {
                var bytes = [UInt8](repeating: 0x41, count: length)
                bytes[position] = 0xff
                #expect(!hp_utf8_valid(bytes, length))
                if position + 2 < length {
                    bytes.replaceSubrange(position..<position + 3, with: Array("你".utf8))
                    #expect(hp_utf8_valid(bytes, length))
                }
            }
        }
    }
}
