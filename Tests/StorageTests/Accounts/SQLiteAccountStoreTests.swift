import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite struct SQLiteAccountStoreTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open() throws -> SQLiteAccountStore {
        try SQLiteAccountStore(dataDirectory: folder.path, hasher: PasswordHasher(cost: .trivial))
    }

    @Test func remembersAcrossReopening() throws {
        try open().add(name: "alice", password: "secret")
        let store = try open()
        #expect(store.exists(name: "alice"))
        #expect(try store.verify(name: "alice", password: "secret"))
        #expect(try folder.mode(of: "hpush.sqlite") == 0o600)
    }

    @Test func seesWhatAnotherConnectionChanged() throws {
        let node = try open()
        let command = try open()
        #expect(try !node.refresh())
        try command.add(name: "alice", password: "secret")
        #expect(try node.verify(name: "alice", password: "secret"))
        #expect(try node.refresh())
        #expect(node.exists(name: "alice"))
        try node.add(name: "bob", password: "x")
        #expect(try !node.refresh())
        try command.remove(name: "alice")
        #expect(try node.refresh())
        #expect(!node.exists(name: "alice") && node.exists(name: "bob"))
    }

    @Test func seesWhatAnotherProcessChanged() async throws {
        let node = try open()
        let pool = BlockingPool(threads: 1, capacity: 4)
        defer { pool.shutDown() }
        let refreshed = AsyncStream<Void>.makeStream()
        let watched = WatchedStore(node) { refreshed.continuation.yield() }
        let refresher = AccountRefresher(store: watched, pool: pool, interval: .milliseconds(10))
        defer { refresher.cancel() }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "sqlite3", folder.path + "/hpush.sqlite", "INSERT INTO user (name, password, created_ms) VALUES ('eve', '', 0)",
        ]
        do { try process.run() } catch { return }
        process.waitUntilExit()
        // Without the sqlite3 tool there is no other process; connections are tested above.
        guard process.terminationStatus == 0 else { return }
        for await _ in refreshed.stream where node.exists(name: "eve") { break }
        #expect(node.exists(name: "eve"))
        #expect(try !node.verify(name: "eve", password: "x"))
    }

    @Test func refusesWhatIsNoDatabase() throws {
        let path = try folder.write("hpush.sqlite", String(repeating: "this is no database. ", count: 100))
        let error = #expect(throws: AccountError.self) { _ = try open() }
        let text = error.map(String.init(describing:)) ?? ""
        #expect(text.hasPrefix("\(path): the database is damaged ("), "\(text)")
        #expect(!text.contains("\n"))
    }

    @Test func refusesAFolderInItsPlaceAndAFileAsFolder() throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/hpush.sqlite", withIntermediateDirectories: true)
        #expect(throws: AccountError.unusable(path: folder.path + "/hpush.sqlite", reason: "Is a directory")) { _ = try open() }
        let file = try folder.write("file", "")
        #expect(throws: DataDirectoryError.self) { _ = try SQLiteAccountStore(dataDirectory: file) }
    }

    @Test func refusesANewerSchema() throws {
        let path = folder.path + "/hpush.sqlite"
        try open().write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('999 from the future')") }
        #expect(throws: AccountError.unusable(path: path, reason: "it was made by a newer version of hpush")) { _ = try open() }
    }
}

/// Tells when a refresh is done.
private struct WatchedStore: AccountStore {
    let store: any AccountStore
    let refreshed: @Sendable () -> Void

    init(_ store: any AccountStore, refreshed: @escaping @Sendable () -> Void) {
        self.store = store
        self.refreshed = refreshed
    }

    func refresh() throws -> Bool {
        defer { refreshed() }
        return try store.refresh()
    }

    func add(name: String, password: String) throws { try store.add(name: name, password: password) }
    func setPassword(of name: String, to password: String) throws { try store.setPassword(of: name, to: password) }
    func remove(name: String) throws { try store.remove(name: name) }
    func users(after: String?, limit: Int) throws -> [UserRecord] { try store.users(after: after, limit: limit) }
    func user(name: String) throws -> UserRecord? { try store.user(name: name) }
    func exists(name: String) -> Bool { store.exists(name: name) }
    func verify(name: String, password: String) throws -> Bool { try store.verify(name: name, password: password) }
    func addContact(_ contact: String, of user: String, mutual: Bool) throws {
        try store.addContact(contact, of: user, mutual: mutual)
    }
    func removeContact(_ contact: String, of user: String, mutual: Bool) throws {
        try store.removeContact(contact, of: user, mutual: mutual)
    }
    func contacts(of user: String) throws -> [String] { try store.contacts(of: user) }
}
