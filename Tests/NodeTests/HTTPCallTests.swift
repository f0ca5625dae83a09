import Foundation
import NIOHTTP1
import PluginHost
import Testing

@testable import Node

/// The table that hpush.http takes.
@Suite struct HTTPCallTests {
    private func call(_ fields: KeyValuePairs<String, LuaValue>) throws -> HTTPCall { try HTTPCall(.fields(fields), longest: 5) }

    private func refusal(_ fields: KeyValuePairs<String, LuaValue>) -> String? {
        do {
            _ = try call(fields)
            return nil
        } catch { return "\(error)" }
    }

    @Test func whatIsLeftOutHasDefaults() throws {
        let made = try call(["url": .text("http://127.0.0.1:8080/a?b=c")])
        #expect(made.request.method == .GET && made.request.body == nil && made.timeout == 3)
        #expect(made.request.host == "127.0.0.1" && made.request.port == 8080)
        #expect(made.request.headers.first(name: "User-Agent") == "hpush/\(Node.version)")
    }

    @Test func everythingIsTaken() throws {
        let made = try call([
            "url": .text("https://example.com/"), "method": .text("post"), "body": .text("hello"), "timeout": .number(0.5),
            "headers": .fields(["X-Key": .text("v\tw"), "x-number": .integer(7), "user-agent": .text("mine")]),
        ])
        #expect(made.request.method == .POST && made.request.body?.contentLength == 5 && made.timeout == 0.5)
        #expect(made.request.headers["x-key"] == ["v\tw"] && made.request.headers["x-number"] == ["7"])
        #expect(made.request.headers["user-agent"] == ["mine"])
    }

    @Test func theHandlersOwnTimeIsTheLongest() throws {
        #expect(try call(["url": .text("http://a/"), "timeout": .integer(60)]).timeout == 5)
    }

    @Test(arguments: [
        "", "example.com", "/path", "ftp://a/", "file:///etc/passwd", "unix:///run/x", "http+unix://%2Frun%2Fx/", "https+unix://x/",
        "http://", "http:///x", "http://user@a/", "http://user:password@a/", "http://a b/", "javascript:x",
        "http://a/\(String(repeating: "x", count: 9000))",
    ]) func badURLs(_ url: String) {
        #expect(refusal(["url": .text(url)])?.contains("url") == true, "\(url.prefix(50))")
    }

    @Test func whatIsWrongIsNamed() {
        let url = LuaValue.text("http://a/")
        #expect(refusal([:])?.contains("url is a string") == true)
        #expect(
            refusal(["url": .integer(1)])?.contains("not a integer") == true || refusal(["url": .integer(1)])?.contains("integer") == true)
        #expect(refusal(["url": url, "method": .text("TRACE")])?.contains("method is one of") == true)
        #expect(refusal(["url": url, "method": .text("CONNECT")])?.contains("method is one of") == true)
        #expect(refusal(["url": url, "verify": .bool(false)]) == "unknown key 'verify'; known are method, url, headers, body, timeout")
        #expect(refusal(["url": url, "timeout": .integer(0)])?.contains("timeout") == true)
        #expect(refusal(["url": url, "timeout": .number(.infinity)])?.contains("timeout") == true)
        #expect(refusal(["url": url, "body": .fields(["a": .integer(1)])])?.contains("hpush.json.encode") == true)
        #expect(refusal(["url": url, "body": .string([UInt8](repeating: 0, count: PluginHTTP.mostBody + 1))])?.contains("1 MB") == true)
        #expect(throws: HostCallError.self) { try HTTPCall(.text("http://a/"), longest: 5) }
    }

    @Test(arguments: [
        ("a b", "x"), ("", "x"), ("a:", "x"), ("ok", "a\r\nb"), ("ok", "a\u{0}"), ("content-length", "5"), ("Transfer-Encoding", "chunked"),
        ("connection", "close"),
    ]) func badHeaders(name: String, value: String) {
        let headers = LuaValue.table([.init(.text(name), .text(value))])
        #expect(refusal(["url": .text("http://a/"), "headers": headers]) != nil, "\(name)")
    }

    @Test func headersAreBounded() {
        let many = LuaValue.table((0...HTTPCall.mostHeaders).map { .init(.text("h\($0)"), .text("x")) })
        #expect(refusal(["url": .text("http://a/"), "headers": many])?.contains("entries at most") == true)
        let long = LuaValue.fields(["h": .text(String(repeating: "x", count: HTTPCall.mostHeaderBytes))])
        #expect(refusal(["url": .text("http://a/"), "headers": long])?.contains("KB at most") == true)
    }
}
