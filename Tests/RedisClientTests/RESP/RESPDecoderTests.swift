import Testing

@testable import RedisClient

@Suite struct RESPDecoderTests {
    private static let deep = String(repeating: "*1\r\n", count: 31) + ":7\r\n"
    private static let deepValue = (0..<31).reduce(RESPValue.integer(7)) { inner, _ in .array([inner]) }

    /// Replies of both versions and what they mean.
    static let samples: [(String, RESPValue)] = [
        ("+OK\r\n", .simple("OK")),
        ("+\r\n", .simple("")),
        ("-ERR no such thing\r\n", .error("ERR no such thing")),
        (":0\r\n", .integer(0)),
        (":-9223372036854775808\r\n", .integer(.min)),
        (":9223372036854775807\r\n", .integer(.max)),
        ("$5\r\nhello\r\n", .bulk(Array("hello".utf8))),
        ("$0\r\n\r\n", .bulk([])),
        ("$4\r\n\r\n\r\n\r\n", .bulk([13, 10, 13, 10])),
        ("$-1\r\n", .null),
        ("*-1\r\n", .null),
        ("_\r\n", .null),
        ("#t\r\n", .boolean(true)),
        ("#f\r\n", .boolean(false)),
        (",1.5\r\n", .double(1.5)),
        (",-inf\r\n", .double(-.infinity)),
        ("(-3492890328409238509324850943850943825024385\r\n", .bigNumber("-3492890328409238509324850943850943825024385")),
        ("!8\r\nERR a\r\nb\r\n", .error("ERR a\r\nb")),
        ("=7\r\ntxt:abc\r\n", .bulk(Array("abc".utf8))),
        ("*0\r\n", .array([])),
        ("*2\r\n$1\r\na\r\n*2\r\n:1\r\n$-1\r\n", .array([.bulk([97]), .array([.integer(1), .null])])),
        (
            "%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n",
            .map([RESPPair(.simple("a"), .integer(1)), RESPPair(.simple("b"), .array([.integer(2)]))])
        ),
        ("%0\r\n", .map([])),
        ("~2\r\n+x\r\n+y\r\n", .set([.simple("x"), .simple("y")])),
        (">2\r\n$10\r\ninvalidate\r\n_\r\n", .push([.bulk(Array("invalidate".utf8)), .null])),
        ("|1\r\n+ttl\r\n:3600\r\n*2\r\n|1\r\n+a\r\n*1\r\n:5\r\n:1\r\n:2\r\n", .array([.integer(1), .integer(2)])),
        ("|0\r\n:1\r\n", .integer(1)),
        (deep, deepValue),
    ]

    static let malformed = [
        "hello\r\n", "\r\n", ":\r\n", ":1a\r\n", ":9223372036854775808\r\n", ":-9223372036854775809\r\n", "$-2\r\n", "$x\r\n",
        "$3\r\nabcd\r\n",
        "*-2\r\n", "%-1\r\n", "~-1\r\n", "#x\r\n", "#\r\n", ",abc\r\n", "(12x\r\n", "(\r\n", "_x\r\n", "=3\r\nabc\r\n", "+a\rb\r\n",
        "*1\r\n>1\r\n+a\r\n",
        "*99999999999999999999\r\n", "$99999999999\r\n", String(repeating: "*1\r\n", count: 33), "$?\r\n",
    ]

    @Test(arguments: samples) func readsAReply(_ sample: (String, RESPValue)) throws {
        let feed = Feed()
        #expect(try feed.take(Array(sample.0.utf8)) == [sample.1])
        #expect(feed.rest == 0)
    }

    @Test(arguments: samples) func readsAReplySplitAnywhere(_ sample: (String, RESPValue)) throws {
        let bytes = Array(sample.0.utf8) + Array("+next\r\n".utf8)
        for split in 1..<bytes.count {
            let feed = Feed()
            let found = try feed.take(Array(bytes[..<split])) + feed.take(Array(bytes[split...]))
            #expect(found == [sample.1, .simple("next")], "split at \(split)")
        }
    }

    @Test func readsByteByByte() throws {
        let bytes = Self.samples.flatMap { Array($0.0.utf8) }
        let feed = Feed()
        var found: [RESPValue] = []
        for byte in bytes { found += try feed.take([byte]) }
        #expect(found == Self.samples.map(\.1))
    }

    @Test(arguments: malformed) func refusesWhatIsNoReply(_ text: String) {
        #expect(throws: RESPFailure.self) { try Feed().take(Array(text.utf8)) }
    }

    @Test(arguments: malformed) func refusesItByteByByteToo(_ text: String) {
        #expect(throws: RESPFailure.self) {
            let feed = Feed()
            for byte in text.utf8 { _ = try feed.take([byte]) }
        }
    }

    @Test func refusesMoreThanTheLimits() {
        let limits = RESPLimits(depth: 2, stringBytes: 64, elements: 64, lineBytes: 64)
        let long = String(repeating: "x", count: 70)
        for text in [
            "$65\r\n", "*65\r\n", "%33\r\n", "+\(long)", "*1\r\n*1\r\n*1\r\n",
            "*2\r\n*40\r\n" + String(repeating: ":1\r\n", count: 40) + "*40\r\n",
        ] {
            #expect(throws: RESPFailure.self, "\(text)") { try Feed(limits).take(Array(text.utf8)) }
        }
    }

    @Test func elementsAreCountedPerReply() throws {
        let feed = Feed(RESPLimits(elements: 64))
        let reply = Array(("*60\r\n" + String(repeating: ":1\r\n", count: 60)).utf8)
        for _ in 0..<5 { #expect(try feed.take(reply).count == 1) }
    }

    @Test func saysHowMuchALargeStringNeeds() throws {
        let feed = Feed()
        #expect(try feed.take(Array("$100000\r\nabc".utf8)) == [])
        #expect(feed.decoder.needed == 9 + 100_000 + 2)
    }

    @Test func consumesElementsOfAnUnfinishedArray() throws {
        let feed = Feed()
        #expect(try feed.take(Array("*3\r\n$3\r\nabc\r\n$3\r\nde".utf8)) == [])
        #expect(feed.rest == 6)
    }

    @Test func neverCrashesOnNoise() {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("*$+-:_#,(!=%~>|0123456789\r\n\r\n\r\nab".utf8)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 1...40)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            _ = try? Feed(RESPLimits(stringBytes: 1024, elements: 1024)).take(bytes)
        }
    }
}

/// Gives bytes to a decoder as a connection does: what was not consumed comes again.
private final class Feed {
    var decoder: RESPDecoder
    private var kept: [UInt8] = []

    init(_ limits: RESPLimits = RESPLimits()) { decoder = RESPDecoder(limits: limits) }

    var rest: Int { kept.count }

    func take(_ bytes: [UInt8]) throws -> [RESPValue] {
        kept += bytes
        var found: [RESPValue] = []
        var offset = 0
        try kept.withUnsafeBytes { all in
            while let value = try decoder.next(all, &offset) { found.append(value) }
        }
        kept.removeFirst(offset)
        return found
    }
}
