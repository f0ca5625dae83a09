import Origins
import Testing

@testable import WebSocket

@Suite("The request that asks for a WebSocket")
struct UpgradeTests {
    private static let fields = [
        "Host: chat.example:7001", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ]

    private func text(_ line: String = "GET /ws HTTP/1.1", _ fields: [String] = fields) -> String {
        ([line] + fields).joined(separator: "\r\n") + "\r\n\r\n"
    }

    private func read(_ text: String) -> UpgradeRequest.Reading { Array(text.utf8).withUnsafeBytes { UpgradeRequest.read($0) } }

    private func judge(_ text: String, origins: [String] = ["same-host"]) -> UpgradeRule.Verdict? {
        guard case .request(let request, _) = read(text) else { return nil }
        return UpgradeRule(path: "/ws", origins: OriginRule(origins)).judge(request)
    }

    /// The fields without those that begin so, and with others.
    private func changed(_ without: String, _ with: String...) -> String {
        text("GET /ws HTTP/1.1", Self.fields.filter { !$0.lowercased().hasPrefix(without) } + with)
    }

    @Test("The example of the RFC")
    func example() {
        guard case .accepted(let answer) = judge(text()) else { return #expect(Bool(false), "it was refused") }
        #expect(answer.hasPrefix("HTTP/1.1 101 "))
        #expect(answer.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n"))
        #expect(!answer.contains("Extensions"))
    }

    @Test("Names in any case, words among others, a query")
    func tolerated() {
        let request = text(
            "GET /ws?v=1 HTTP/1.1",
            [
                "host:chat.example", "UPGRADE: WebSocket", "connection: keep-alive, Upgrade",
                "sec-websocket-key:   dGhlIHNhbXBsZSBub25jZQ==  ",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Extensions: permessage-deflate", "Cookie: a=b",
            ])
        guard case .accepted = judge(request) else { return #expect(Bool(false), "it was refused") }
    }

    @Test("It is partial up to its last byte, and says where frames begin")
    func partial() {
        let bytes = Array(text().utf8)
        for cut in 0..<bytes.count {
            #expect(bytes[..<cut].withUnsafeBytes { UpgradeRequest.read($0) } == .partial, "\(cut) bytes")
        }
        guard case .request(_, let size) = (bytes + [0x82, 0x80]).withUnsafeBytes({ UpgradeRequest.read($0) }) else {
            return #expect(Bool(false), "no request")
        }
        #expect(size == bytes.count)
    }

    @Test("What is no request is refused at once")
    func otherProtocols() {
        #expect([0x00, 0x86].withUnsafeBytes { UpgradeRequest.read(UnsafeRawBufferPointer($0)) } == .fault(.badRequest))
        for line in ["GET /ws", "GET /ws HTTP/1.0", "GET ws HTTP/1.1", "GET  /ws HTTP/1.1", "GET /ws HTTP/1.1 "] {
            #expect(read(text(line)) == .fault(.badRequest), "\(line)")
        }
    }

    @Test("Fields that are none, or come twice")
    func badFields() {
        for field in [
            "no colon", ": no name", "Folded: a\r\n b", "Na me: a", "Host: other", "Origin: https://a\r\nOrigin: https://b", "A: \u{1}",
        ] {
            #expect(read(text("GET /ws HTTP/1.1", Self.fields + [field])) == .fault(.badRequest), "\(field)")
        }
        let many = (0..<200).map { "X-\($0): 1" }
        #expect(read(text("GET /ws HTTP/1.1", Self.fields + many)) == .fault(.badRequest))
    }

    @Test("A request has at most 8 KB")
    func tooLarge() {
        let long = "GET /ws HTTP/1.1\r\nX: " + String(repeating: "a", count: 9000)
        #expect(read(long) == .fault(.tooLarge))
        #expect(read(String(long.prefix(8100))) == .partial)
    }

    @Test("What is missing or wrong has an answer of its own")
    func refusals() {
        #expect(judge(text("GET /other HTTP/1.1")) == .refused(.wrongPath))
        #expect(judge(text("POST /ws HTTP/1.1")) == .refused(.wrongMethod))
        #expect(judge(changed("upgrade")) == .refused(.notAnUpgrade))
        #expect(judge(changed("connection", "Connection: close")) == .refused(.notAnUpgrade))
        #expect(judge(changed("sec-websocket-version", "Sec-WebSocket-Version: 8")) == .refused(.notAnUpgrade))
        #expect(judge(changed("host")) == .refused(.badRequest))
        #expect(judge(changed("sec-websocket-key")) == .refused(.badRequest))
        #expect(judge(changed("sec-websocket-key", "Sec-WebSocket-Key: short")) == .refused(.badRequest))
        #expect(judge(changed("-", "Content-Length: 5")) == .refused(.badRequest))
        #expect(UpgradeRefusal.notAnUpgrade.answer.contains("Sec-WebSocket-Version: 13\r\n"))
        for refusal in UpgradeRefusal.allCases {
            let parts = refusal.answer.split(separator: "\r\n\r\n", maxSplits: 1).map(String.init)
            #expect(parts.count == 2 && parts[0].contains("Content-Length: \(parts[1].utf8.count)"), "\(refusal)")
        }
    }

    @Test("Origins")
    func origins() {
        func allows(_ origins: [String], _ origin: String?, _ host: String = "chat.example:7001") -> Bool {
            OriginRule(origins).allows(origin, host: host)
        }
        #expect(allows(["same-host"], nil))
        #expect(allows(["same-host"], "http://chat.example:8080"))
        #expect(allows(["same-host"], "https://CHAT.example"))
        #expect(allows(["same-host"], "http://[::1]:8080", "[::1]:7001"))
        #expect(!allows(["same-host"], "http://[::2]:8080", "[::1]:7001"))
        #expect(!allows(["same-host"], "https://evil.example"))
        #expect(!allows(["same-host"], "https://chat.example.evil"))
        #expect(!allows(["same-host"], "null"))
        #expect(!allows(["same-host"], "same-host"))
        #expect(allows(["https://shop.example"], "https://shop.example"))
        #expect(!allows(["https://shop.example"], "http://shop.example"))
        #expect(!allows(["https://shop.example"], "https://chat.example"))
        #expect(allows(["https://shop.example", "same-host"], "https://chat.example"))
        #expect(allows(["*"], "null"))
        #expect(judge(changed("-", "Origin: https://evil.example")) == .refused(.wrongOrigin))
    }

    @Test("Base64 of all lengths")
    func base64() {
        #expect(["", "f", "fo", "foo", "foob"].map { Base64.encode(Array($0.utf8)) } == ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="])
    }
}
