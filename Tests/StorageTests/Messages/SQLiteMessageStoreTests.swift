import Foundation
import GRDB
import TestSupport
import Testing

@testable import Storage

@Suite struct SQLiteMessageStoreTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func draft(_ serverID: UInt64, messageID: UInt64 = 0) -> StoreWrite {
        .save(
            MessageDraft(
                sender: "alice", device: "a", recipient: .user("bob"), messageID: messageID, serverID: serverID, time: 1000, body: [1],
                mostWaiting: 100))
    }

    @Test func remembersAcrossReopening() throws {
        _ = try SQLiteMessageStore(dataDirectory: folder.path).commit([draft(1, messageID: 5), .register(user: "bob", device: "b")])
        let store = try SQLiteMessageStore(dataDirectory: folder.path)
        #expect(
            try store.commit([draft(2, messageID: 5), draft(3)]) == [
                .saved(serverID: 1, sequence: 1, isDuplicate: true), .saved(serverID: 3, sequence: 2, isDuplicate: false),
            ])
        #expect(try store.inbox(of: "bob", device: "b", after: nil, limit: 9, bytes: 99).messages.map(\.serverID) == [1, 3])
        #expect(try folder.mode(of: "messages.db") == 0o600)
    }

    @Test func commitsAreSynced() throws {
        let store = try SQLiteMessageStore(dataDirectory: folder.path)
        let mode = try store.database.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        #expect(mode == 2, "FULL")
    }

    /// Inbox and history are read by an index, from their place on, without sorting.
    @Test(arguments: [SQLiteMessageStore.inboxQuery, SQLiteMessageStore.historyQuery])
    func pagesAreRangeScans(_ query: String) throws {
        let store = try SQLiteMessageStore(dataDirectory: folder.path)
        let plan = try store.read { database in
            try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + query, arguments: [1, 0, 10]).map { $0["detail"] as String }
        }
        #expect(plan.count == 1 && plan[0].contains("SEARCH message USING INDEX message_by_") && plan[0].contains(">?"), "\(plan)")
    }

    @Test func aFailedTransactionLeavesNothing() throws {
        let store = try SQLiteMessageStore(dataDirectory: folder.path)
        _ = try store.commit([draft(1)])
        try store.write {
            try $0.execute(sql: "CREATE TRIGGER no BEFORE INSERT ON message WHEN new.server_id = 3 BEGIN SELECT raise(ABORT, 'no'); END")
        }
        #expect(throws: MessageStoreError.self) { try store.commit([draft(2), draft(3)]) }
        #expect(try store.commit([draft(4)]) == [.saved(serverID: 4, sequence: 2, isDuplicate: false)])
        let page = try store.history(.between("alice", "bob"), after: 0, limit: 9, bytes: 99)
        #expect(page.messages.map(\.serverID) == [1, 4])
    }

    @Test func theLogBeginsAnew() throws {
        let store = try SQLiteMessageStore(path: folder.path + "/messages.db", logPages: 100)
        let body = [UInt8](repeating: 1, count: 4000)
        var number: UInt64 = 0
        /// 60 pages and more.
        func commit() throws {
            let writes = (0..<50).map { _ in
                number += 1
                return StoreWrite.save(
                    MessageDraft(
                        sender: "alice", device: "a", recipient: .user("bob"), messageID: 0, serverID: number, time: 1, body: body,
                        mostWaiting: .max))
            }
            _ = try store.commit(writes)
        }
        // 300 times that is 70 MB; a log of 100 pages and what comes while it is worked off has a few.
        for _ in 0..<300 { try commit() }
        let size = try FileManager.default.attributesOfItem(atPath: folder.path + "/messages.db-wal")[.size] as? Int ?? 0
        #expect(size < 30_000_000)
        #expect(try store.lastSequence(of: .between("alice", "bob")) == number)
    }

    @Test func aFileOfANewerVersionIsLeftAlone() throws {
        try SQLiteMessageStore(dataDirectory: folder.path).write {
            try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99 of the future')")
        }
        #expect(throws: MessageStoreError.self) { try SQLiteMessageStore(dataDirectory: folder.path) }
    }
}
