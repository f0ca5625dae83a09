import Foundation
import Synchronization
import Testing

@testable import Node

/// The kernel's part: real files in a folder of the test's own.
@Suite struct FileWatchTests {
    private final class Count: Sendable {
        let value = Atomic<Int>(0)

        /// Waits until it was called that often.
        func reaches(_ count: Int, within seconds: Double = 60) async -> Bool {
            for _ in 0..<Int(seconds * 100) {
                if value.load(ordering: .relaxed) >= count { return true }
                try? await Task.sleep(for: .milliseconds(10))
            }
            return false
        }

        var now: Int { value.load(ordering: .relaxed) }
    }

    private static func with(_ body: (_ folder: URL, _ count: Count) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "watch-\(UUID().uuidString)")
        let folder = root.appending(path: "plugins")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        let count = Count()
        let watch = try FileWatch(changed: { count.value.add(1, ordering: .relaxed) }, trouble: { Issue.record("\($0)") })
        watch.follow(WatchedFiles(pluginsFolder: folder.path, files: [root.appending(path: "node.yaml").path]))
        // What changed before it watched is looked at once.
        #expect(await count.reaches(1))
        do { try await body(folder, count) } catch {
            watch.end()
            throw error
        }
        watch.end()
    }

    private static func write(_ text: String, _ url: URL) throws { try Data(text.utf8).write(to: url) }

    @Test func filesOfNewFoldersCountToo() async throws {
        try await Self.with { folder, count in
            let plugin = folder.appending(path: "p")
            try FileManager.default.createDirectory(at: plugin, withIntermediateDirectories: true)
            #expect(await count.reaches(2))
            try Self.write("a", plugin.appending(path: "init.lua"))
            #expect(await count.reaches(3))
            try FileManager.default.removeItem(at: plugin)
            #expect(await count.reaches(4))
        }
    }

    @Test func aFolderThatIsReplacedIsFollowed() async throws {
        try await Self.with { folder, count in
            try FileManager.default.removeItem(at: folder)
            #expect(await count.reaches(2))
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            #expect(await count.reaches(3))
            try Self.write("a", folder.appending(path: "p.lua"))
            #expect(await count.reaches(4))
        }
    }

    @Test func onlyTheNamedFileCountsOutsideThePluginsFolder() async throws {
        try await Self.with { folder, count in
            let root = folder.deletingLastPathComponent()
            try Self.write("a", root.appending(path: "log"))
            try Self.write("a", folder.appending(path: "p.lua~"))
            try await Task.sleep(for: .milliseconds(500))
            #expect(count.now == 1)
            try Self.write("a", root.appending(path: "node.yaml.new"))
            try FileManager.default.moveItem(at: root.appending(path: "node.yaml.new"), to: root.appending(path: "node.yaml"))
            #expect(await count.reaches(2))
        }
    }
}
