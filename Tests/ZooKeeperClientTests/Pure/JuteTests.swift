import Testing

@testable import ZooKeeperClient

@Suite struct JuteTests {
    private func write(_ count: Int, _ body: (inout JuteWriter) -> Void) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0xEE, count: count)
        let isComplete = bytes.withUnsafeMutableBytes { room -> Bool in
            guard let base = room.baseAddress else { return false }
            var writer = JuteWriter(base, count: count)
            body(&writer)
            return writer.isComplete
        }
        return isComplete ? bytes : nil
    }

    private func encoded(_ request: Request, chroot: String = "") -> [UInt8]? {
        write(request.encodedSize(chroot: chroot)) { request.encode(&$0, chroot: chroot) }
    }

    @Test func writesWhatTheFormatSays() {
        #expect(write(4) { $0.int(-2) } == [0xff, 0xff, 0xff, 0xfe])
        #expect(write(8) { $0.long(0x0102_0304_0506_0708) } == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(write(7) { $0.string("a\u{fc}") } == [0, 0, 0, 3, 0x61, 0xc3, 0xbc])
        #expect(write(5) { $0.buffer([9]) } == [0, 0, 0, 1, 9])
        #expect(encoded(.getData(path: "/a", watch: true)) == [0, 0, 0, 2, 0x2f, 0x61, 1])
        #expect(
            encoded(.create(path: "/a", data: [7], acl: .openUnsafe, mode: .ephemeral)) == [0, 0, 0, 2, 0x2f, 0x61, 0, 0, 0, 1, 7]
                + [0, 0, 0, 1, 0, 0, 0, 31, 0, 0, 0, 5] + Array("world".utf8) + [0, 0, 0, 6] + Array("anyone".utf8) + [0, 0, 0, 1])
    }

    @Test func neverWritesBehindTheRoom() {
        #expect(write(6) { $0.long(1) } == nil)
        #expect(write(6) { $0.string("abc") } == nil)
        #expect(write(8) { $0.int(1) } == nil)
    }

    @Test(arguments: ["", "/im", "/h\u{e9}/b"]) func sizesAreExact(_ chroot: String) {
        let acl = [ACL].openUnsafe + [ACL.digest(user: "u", password: "p")]
        let modes: [CreateMode] = [.persistent, .container, .persistentTTL(milliseconds: 5), .persistentSequentialTTL(milliseconds: 5)]
        var requests: [Request] = modes.map { .create(path: "/x/\u{20ac}", data: [1, 2], acl: acl, mode: $0) }
        requests += [
            .delete(path: "/", version: 3), .exists(path: "/", watch: false), .setData(path: "/a", data: [], version: -1),
            .getChildren(path: "/a/b", watch: true), .sync(path: "/"), .getACL(path: "/a"), .setACL(path: "/a", acl: acl, version: 1),
            .addWatch(path: "/a", mode: .persistentRecursive), .removeWatches(path: "/a", kind: .any), .getEphemerals(prefix: "/a"),
            .closeSession,
            .multi([
                .create("/a", data: [1]), .create("/a/b", mode: .persistentTTL(milliseconds: 9)), .check("/a"),
                .setData("/a", data: [2, 3]),
                .delete("/a", version: 1),
            ]),
        ]
        for request in requests { #expect(encoded(request, chroot: chroot) != nil, "\(request)") }
    }

    @Test func pathsLieBelowTheChroot() {
        #expect(encoded(.sync(path: "/"), chroot: "/im") == [0, 0, 0, 3] + Array("/im".utf8))
        #expect(encoded(.sync(path: "/a"), chroot: "/im") == [0, 0, 0, 5] + Array("/im/a".utf8))
        let chroot = Chroot(path: "/im")
        #expect(chroot.full("/") == "/im")
        #expect(chroot.full("/a") == "/im/a")
        #expect(chroot.strip("/im") == "/")
        #expect(chroot.strip("/im/a") == "/a")
        #expect(Chroot(path: "").strip("/im/a") == "/im/a")
    }

    @Test func readsBackWhatItWrites() throws {
        let acl = [ACL(.read, scheme: "ip", id: "127.0.0.1"), ACL.digest(user: "a", password: "b")]
        let bytes = try #require(
            write(8 + 4 + 1 + 7 + 6 + JuteSize.acl(acl)) {
                $0.long(.min)
                $0.int(.max)
                $0.bool(true)
                $0.string("abc")
                $0.buffer([1, 2])
                $0.acl(acl)
            })
        try bytes.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws -> Void in
            var reader = JuteReader(bytes)
            #expect(try reader.long() == .min)
            #expect(try reader.int() == .max)
            #expect(try reader.bool())
            #expect(try reader.string() == "abc")
            #expect(try reader.buffer() == [1, 2])
            #expect(try reader.acl() == acl)
            #expect(reader.remaining == 0)
        }
    }

    @Test(
        arguments: [
            [0, 0, 0, 5, 1], [0, 0], [0x7f, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xfe], [],
        ] as [[UInt8]]) func refusesLengthsThatCannotBe(_ bytes: [UInt8])
    {
        bytes.withUnsafeBytes { bytes in
            var one = JuteReader(bytes)
            #expect(throws: JuteError.self) { try one.buffer() }
            var two = JuteReader(bytes)
            #expect(throws: JuteError.self) { try two.strings() }
            var three = JuteReader(bytes)
            #expect(throws: JuteError.self) { try three.acl() }
        }
    }

    /// Answers cut off anywhere, and with every byte changed, are refused or read, never more.
    @Test func survivesBrokenAnswers() throws {
        let whole = [UInt8]((0..<200).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        let request = Request.multi([.check("/a")])
        func read(_ bytes: [UInt8]) {
            bytes.withUnsafeBytes { bytes in
                for completion in [
                    Completion.created { _ in }, .content { _ in }, .children { _ in }, .acl { _ in }, .strings { _ in },
                    .operations { _ in }, .stat { _ in },
                ] {
                    var reader = JuteReader(bytes)
                    try? completion.succeed(&reader, request, chroot: Chroot(path: "/im"))
                }
            }
        }
        for count in 0..<whole.count { read(Array(whole.prefix(count))) }
        var random = Jitter(seed: 4)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...90, using: &random)
            // Small numbers, so that lengths are often believable.
            read((0..<count).map { _ in UInt8(Int.random(in: 0...9, using: &random) == 0 ? 255 : Int.random(in: 0...3, using: &random)) })
        }
    }
}
