import Foundation
import HTTPListener
import Testing

@testable import Gate

@Suite struct WebPageTests {
    private func node(_ host: String, _ port: Int?) -> GateNode {
        GateNode(id: 1, balance: 0, host: host, port: 7000, websocketPort: port, name: "n")
    }

    @Test func thePageConnectsToTheNodesOnly() {
        let policy = PageRoutes.policy([node("chat.example", 7001), node("other.example", nil)])
        #expect(policy.contains("connect-src 'self' ws://chat.example:7001 wss://chat.example:7001;"))
        #expect(policy.hasPrefix("default-src 'none'; script-src 'self';"))
        #expect(!policy.contains("unsafe") && !policy.contains("other.example"))
    }

    @Test func anIPv6AddressCannotBeWrittenThere() {
        #expect(PageRoutes.policy([node("::1", 7001)]).contains("connect-src 'self' ws: wss:;"))
    }

    @Test func onlyFilesOfAPageAreServed() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hpush-page-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(WebPage(folder: folder.path, webSocketPath: "/ws") { true } == nil)
        for name in ["index.html", "a.js", "b.css", ".hidden.js", "secret.key", "notes"] {
            try Data().write(to: folder.appending(path: name))
        }
        #expect(WebPage(folder: folder.path, webSocketPath: "/ws") { true }?.files.names == ["a.js", "b.css", "index.html"])
    }

    @Test func theFolderIsFoundAboveAnExecutable() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL
        #expect(PageFiles.web(near: root.appending(path: ".build/debug/nothing")) == root.appending(path: "web").path)
        #expect(PageFiles.web(near: URL(fileURLWithPath: "/nothing/here")) == nil)
    }
}
