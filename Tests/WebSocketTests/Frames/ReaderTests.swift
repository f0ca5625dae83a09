import Testing
import WebSocket

/// The cases of the Autobahn test suite that a server of binary messages has to pass; the numbers are the suite's.
@Suite("What a client's frames mean")
struct ReaderTests {
    @Test("1.2: binary messages of all lengths", arguments: [0, 1, 7, 8, 9, 125, 126, 127, 128, 65535, 65536, 70001])
    func lengths(_ count: Int) {
        #expect(Reading.of(clientFrame(2, pattern(count))) == [.message(pattern(count))])
    }

    @Test("1.1: text is not taken")
    func text() {
        #expect(Reading.of(clientFrame(1, Array("hello".utf8))) == [.fault(1003)])
        // Told by the first byte already.
        #expect(Reading.of([0x81]) == [.fault(1003)])
    }

    @Test("2: pings are answered with what they carry, pongs are ignored, between the parts of a message too")
    func pings() {
        #expect(Reading.of(clientFrame(9)) == [.ping([])])
        #expect(Reading.of(clientFrame(9, [0x00, 0xFF, 0xFE])) == [.ping([0x00, 0xFF, 0xFE])])
        #expect(Reading.of(clientFrame(9, pattern(125))) == [.ping(pattern(125))])
        #expect(Reading.of(clientFrame(9, pattern(126))) == [.fault(1002)])
        #expect(Reading.of(clientFrame(10, [1])) == [.pong([1])])
        let many = (0..<10).flatMap { clientFrame(9, [UInt8($0)]) }
        #expect(Reading.of(many) == (0..<10).map { .ping([UInt8($0)]) })
    }

    @Test("3: reserved bits without an extension", arguments: 1...7 as ClosedRange<UInt8>)
    func reserved(_ bits: UInt8) {
        #expect(Reading.of(clientFrame(2, [1], reserved: bits)) == [.fault(1002)])
        #expect(Reading.of(clientFrame(2, [1]) + clientFrame(9, [], reserved: bits)) == [.message([1]), .fault(1002)])
    }

    @Test("4: kinds that nobody knows", arguments: [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8])
    func unknownKinds(_ kind: UInt8) {
        #expect(Reading.of(clientFrame(kind, [1])) == [.fault(1002)])
    }

    @Test("5.1, 5.2: control frames in parts")
    func partedControl() {
        for kind in [8, 9, 10] as [UInt8] { #expect(Reading.of(clientFrame(kind, [1], isFinal: false)) == [.fault(1002)]) }
    }

    @Test("5.3 to 5.8: messages in parts, with pings between")
    func parts() {
        let whole = clientFrame(2, [1, 2], isFinal: false) + clientFrame(0, [3])
        #expect(Reading.of(whole) == [.message([1, 2, 3])])
        let between =
            clientFrame(2, [1], isFinal: false) + clientFrame(9, [9]) + clientFrame(0, [2], isFinal: false) + clientFrame(10)
            + clientFrame(0, [3])
        #expect(Reading.of(between) == [.ping([9]), .pong([]), .message([1, 2, 3])])
        let empty = clientFrame(2, isFinal: false) + clientFrame(0, isFinal: false) + clientFrame(0)
        #expect(Reading.of(empty) == [.message([])])
        #expect(Reading.of(whole + whole) == [.message([1, 2, 3]), .message([1, 2, 3])])
    }

    @Test("5.9 to 5.20: parts where none belong")
    func misplacedParts() {
        #expect(Reading.of(clientFrame(0, [1])) == [.fault(1002)])
        #expect(Reading.of(clientFrame(0, [1], isFinal: false)) == [.fault(1002)])
        #expect(Reading.of(clientFrame(2, [1], isFinal: false) + clientFrame(2, [2])) == [.fault(1002)])
        #expect(Reading.of(clientFrame(2, [1], isFinal: false) + clientFrame(1, [2])) == [.fault(1002)])
        #expect(Reading.of(clientFrame(2, [1]) + clientFrame(0, [2])) == [.message([1]), .fault(1002)])
    }

    @Test("7.1: nothing is read after a fault, and a close is seen in its place")
    func order() {
        #expect(Reading.of(clientFrame(2, [1]) + clientFrame(8, [3, 0xE8])) == [.message([1]), .close([3, 0xE8])])
        #expect(Reading.of(clientFrame(2, [1], isFinal: false) + clientFrame(8)) == [.close([])])
    }

    @Test("Clients mask, always")
    func unmasked() {
        #expect(Reading.of(clientFrame(2, [1], mask: nil)) == [.fault(1002)])
        #expect(Reading.of(clientFrame(9, [], mask: nil)) == [.fault(1002)])
    }

    @Test("A length has one form, and no highest bit")
    func lengthForms() {
        #expect(Reading.of([0x82, 0xFE, 0, 5]) == [.fault(1002)])
        #expect(Reading.of([0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) == [.fault(1002)])
        #expect(Reading.of([0x82, 0xFF, 0x80, 0, 0, 0, 0, 1, 0, 0]) == [.fault(1002)])
    }

    @Test("A message that is too large is refused by its head; the parts of one count together")
    func tooLarge() {
        #expect(Reading.of(clientFrame(2, pattern(100)), most: 100) == [.message(pattern(100))])
        #expect(Reading.of(Array(clientFrame(2, pattern(101)).prefix(6)), most: 100) == [.fault(1009)])
        #expect(Reading.of([0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]) == [.fault(1009)])
        let parts = clientFrame(2, pattern(60), isFinal: false) + clientFrame(0, pattern(40), isFinal: false)
        #expect(Reading.of(parts + clientFrame(0), most: 100) == [.message(pattern(60) + pattern(40))])
        #expect(Reading.of(parts + clientFrame(0, [1]), most: 100) == [.fault(1009)])
    }

    @Test("Cut anywhere, byte by byte and in two, it means the same")
    func cuts() {
        let stream =
            clientFrame(2, pattern(130)) + clientFrame(9, [1, 2]) + clientFrame(2, [5], isFinal: false) + clientFrame(10)
            + clientFrame(0, pattern(200)) + clientFrame(2) + clientFrame(8, [3, 0xE8, 0x68, 0x69])
        let whole = Reading.of(stream)
        #expect(whole.count == 6)
        for cut in 0...stream.count {
            var reading = Reading()
            reading.receive(stream[..<cut])
            reading.receive(stream[cut...])
            #expect(reading.seen == whole, "cut at \(cut)")
        }
        var reading = Reading()
        for byte in stream { reading.receive([byte]) }
        #expect(reading.seen == whole)
    }

    @Test("An owner is told how many bytes a frame has as soon as its head is there")
    func announced() {
        var reader = WebSocketReader(most: 1 << 20)
        let frame = clientFrame(2, pattern(70000))
        let step = frame.prefix(14).withUnsafeBytes { reader.next($0) }
        #expect(step == .incomplete(total: frame.count))
    }
}
