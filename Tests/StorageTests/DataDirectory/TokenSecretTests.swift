import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite struct TokenSecretTests {
    @Test func isMadeOnceAndKept() throws {
        let folder = try TemporaryFolder()
        let secret = try TokenSecret.loadOrMake(dataDirectory: folder.path)
        #expect(secret.wholeMatch(of: /[0-9a-f]{64}/) != nil)
        #expect(try TokenSecret.loadOrMake(dataDirectory: folder.path) == secret)
        #expect(try folder.mode(of: "token_secret") == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["token_secret"])
        #expect(try TokenSecret.loadOrMake(dataDirectory: TemporaryFolder().path) != secret)
    }

    @Test func isOneWhenManyStartAtOnce() async throws {
        let folder = try TemporaryFolder()
        let secrets = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 { group.addTask { try TokenSecret.loadOrMake(dataDirectory: folder.path) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(secrets.count == 1)
    }

    @Test func refusesAShortOne() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("token_secret", "short\n")
        let error = #expect(throws: DataDirectoryError.self) { try TokenSecret.loadOrMake(dataDirectory: folder.path) }
        #expect(error?.description.hasPrefix("\(path): expected a secret of at least 32 characters") == true)
    }
}
