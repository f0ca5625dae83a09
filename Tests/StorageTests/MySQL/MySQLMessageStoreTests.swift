#if MySQL
    import Foundation
    import Synchronization
    import Testing

    @testable import MySQLStorage
    @testable import Storage

    @Suite struct MySQLMessageStoreTests {
        private let server: MySQLServer

        init() throws { server = try MariaDBServer.shared.get().database() }

        private func draft(
            _ serverID: UInt64, from sender: String = "alice", to recipient: MessageDraft.Recipient = .user("bob"), messageID: UInt64 = 0,
            body: [UInt8] = [1]
        ) -> StoreWrite {
            .save(
                MessageDraft(
                    sender: sender, device: "a", recipient: recipient, messageID: messageID, serverID: serverID, time: 1000, body: body,
                    mostWaiting: 1_000_000))
        }

        private func inbox(_ store: MySQLMessageStore, after: UInt64? = nil) throws -> InboxPage {
            try store.inbox(of: "bob", device: "b", after: after, limit: 100, bytes: 1 << 20)
        }

        /// The first try may have come through and not been answered.
        @Test func theSameNumberIsStoredOnce() throws {
            let store = try MySQLMessageStore(server)
            let saved = StoreOutcome.saved(serverID: 1, sequence: 1, isDuplicate: false)
            #expect(try store.commit([draft(1)]) == [saved])
            #expect(try store.commit([draft(1), draft(2)]) == [saved, .saved(serverID: 2, sequence: 2, isDuplicate: false)])
            #expect(try store.history(.between("alice", "bob"), after: 0, limit: 9, bytes: 99).messages.map(\.serverID) == [1, 2])
        }

        @Test func whatTheServerDoesNotTakeIsRefusedAlone() throws {
            let store = try MySQLMessageStore(server)
            let large = draft(1, body: [UInt8](repeating: 7, count: 5 << 20))
            let fits = draft(2, body: [UInt8](repeating: 8, count: 3 << 20))
            let outcomes = try store.commit([large, fits, draft(3)])
            #expect(outcomes[0] == .tooLarge && outcomes[2] == .saved(serverID: 3, sequence: 2, isDuplicate: false))
            let page = try store.history(.between("alice", "bob"), after: 0, limit: 9, bytes: 9 << 20)
            #expect(page.messages.map(\.body.count) == [3 << 20, 1])
        }

        /// As an operator might forbid something: by a trigger, by a constraint.
        @Test(arguments: [
            """
            CREATE TRIGGER picky BEFORE INSERT ON message FOR EACH ROW
            BEGIN IF NEW.body = X'FF' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not this one'; END IF; END
            """, "ALTER TABLE message ADD CONSTRAINT picky CHECK (body <> X'FF')",
        ])
        func whatTheServerRefusesFailsAlone(_ rule: String) throws {
            let store = try MySQLMessageStore(server)
            let other = try MySQLConnection(server)
            try other.run(rule)
            let bad = draft(2, body: [0xFF])
            let refusal = #expect(throws: MessageStoreError.self) { try store.commit([draft(1), bad, draft(3)]) }
            #expect(refusal.map { "\($0)".contains("the server refuses what was written (") } == true, "\(String(describing: refusal))")
            #expect(try inbox(store).messages.isEmpty, "nothing of it is there")

            // While the first one waits for a lock, the others gather.
            _ = try store.commit([draft(10)])
            try other.run("START TRANSACTION")
            try other.query("SELECT id FROM mailbox WHERE name = ? FOR UPDATE", [.text("u:bob")]) { _ in }
            let writer = MessageWriter(store: store)
            let failed = Mutex<[UInt64]>([])
            for number in UInt64(20)..<60 {
                let write = draft(number, body: [number % 15 == 0 ? 0xFF : 1])
                _ = writer.submit(write) { result in if case .failure = result { failed.withLock { $0.append(number) } } }
                if number == 20 { while writer.current.waiting > 0 { usleep(1000) } }
            }
            try other.run("ROLLBACK")
            writer.shutDown()
            #expect(failed.withLock { $0 } == [30, 45])
            let page = try store.history(.between("alice", "bob"), after: 0, limit: 100, bytes: 1 << 20)
            #expect(page.messages.map(\.serverID) == [10] + (20..<60).filter { $0 % 15 != 0 })
            #expect(page.messages.map(\.sequence) == Array(1...39))
            #expect(writer.current.failures == 0 && writer.current.refused == 2)
        }

        @Test func longNamesDoNotMeet() throws {
            let store = try MySQLMessageStore(server)
            let first = String(repeating: "x", count: 5000) + "1"
            let second = String(repeating: "x", count: 5000) + "2"
            _ = try store.commit([
                draft(1, from: first, to: .user(second)), draft(2, from: first, to: .user(first)), .register(user: second, device: second),
            ])
            let page = try store.inbox(of: second, device: second, after: nil, limit: 9, bytes: 99)
            #expect(page.messages.map(\.serverID) == [1])
            _ = try store.commit([.acknowledge(user: second, device: second, serverIDs: [1])])
            #expect(try store.inbox(of: second, device: second, after: nil, limit: 9, bytes: 99).messages.isEmpty)
        }

        /// One node has a position for the group and has not committed; another one has a later position in bob's own mailbox, and has.
        @Test func nobodyReadsPastWhatIsNotCommitted() throws {
            var server = server
            server.lockWaitSeconds = 7
            let store = try MySQLMessageStore(server)
            try store.createGroup("team", members: ["alice", "bob"])
            _ = try store.commit([draft(1), draft(2, to: .group("team")), .register(user: "bob", device: "b")])
            _ = try store.commit([.acknowledge(user: "bob", device: "b", serverIDs: [1, 2])])
            let slow = try MySQLConnection(server)
            var mailbox: UInt64 = 0
            try slow.run("START TRANSACTION")
            try slow.query("SELECT id FROM mailbox WHERE name = ? FOR UPDATE", [.text("g:team")]) { mailbox = $0.number(0) }
            let position = try slow.insert(
                "INSERT INTO message (server_id, conversation, seq, mailbox, number, sender, device, stored_ms, body) VALUES (...)",
                [[.number(3), .number(9999), .number(1), .number(mailbox), .number(2), .text("alice"), .text("x"), .number(1), .text("x")]])
            try slow.execute("UPDATE mailbox SET last = 2, last_position = ? WHERE id = ?", [.number(position), .number(mailbox)])
            _ = try store.commit([draft(4)])
            // On a thread of its own: it blocks, and tasks of other tests may have all others.
            let answer = Mutex<Result<[UInt64], any Error>?>(nil)
            let isDone = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                let page = Result { try inbox(store).messages.map(\.serverID) }
                answer.withLock { $0 = page }
                isDone.signal()
            }
            #expect(isDone.wait(timeout: .now() + .milliseconds(300)) == .timedOut)
            try slow.run("COMMIT")
            isDone.wait()
            #expect(try answer.withLock { try $0?.get() } == [3, 4])
            // What was not seen is not passed either.
            _ = try store.commit([.acknowledge(user: "bob", device: "b", serverIDs: [4])])
            #expect(try inbox(store).messages.map(\.serverID) == [3])
        }

        /// The server says so in the middle of the rows.
        @Test func aLockThatLastsIsNamed() throws {
            var server = server
            server.lockWaitSeconds = 1
            let store = try MySQLMessageStore(server)
            _ = try store.commit([.register(user: "bob", device: "b"), draft(1)])
            _ = try store.commit([draft(2)])
            let slow = try MySQLConnection(server)
            try slow.run("START TRANSACTION")
            try slow.query("SELECT id FROM mailbox WHERE name = 'u:bob' FOR UPDATE") { _ in }
            do {
                _ = try inbox(store)
                Issue.record("it read past the lock")
            } catch {
                #expect("\(error)".contains("another node has kept the rows locked for too long"), "\(error)")
            }
            try slow.run("COMMIT")
            #expect(try inbox(store).messages.map(\.serverID).last == 2)
        }

        /// Three nodes store for the same users and groups, and two devices read and acknowledge meanwhile.
        @Test func severalNodesStoreAtOnce() async throws {
            let nodes = try (0..<3).map { _ in try MySQLMessageStore(server) }
            try nodes[0].createGroup("team", members: ["s0", "s1", "s2", "bob"])
            _ = try nodes[0].commit([.register(user: "bob", device: "b"), .register(user: "bob", device: "c")])
            let rounds = 40
            let isOver = Flag()
            let seen = Seen()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, node) in nodes.enumerated() {
                    group.addTask {
                        for round in 0..<rounds {
                            let base = UInt64(number * 100_000 + round * 10)
                            // Groups and users in turns, in an order of its own on each node.
                            let users: [MessageDraft.Recipient] = [
                                .user("bob"), .group("team"), .user("carol"), .user("s\((number + 1) % 3)"),
                            ]
                            let writes = (0..<4).map { draft(base + UInt64($0) + 1, from: "s\(number)", to: users[($0 + number) % 4]) }
                            _ = try node.commit(writes)
                        }
                    }
                }
                for device in ["b", "c"] {
                    group.addTask {
                        let node = nodes[device == "b" ? 1 : 2]
                        while true {
                            let isLast = isOver.isSet
                            let page = try node.inbox(of: "bob", device: device, after: nil, limit: 50, bytes: 1 << 20)
                            let numbers = page.messages.map(\.serverID)
                            seen.add(numbers, device)
                            if numbers.isEmpty, isLast { return }
                            if numbers.isEmpty {
                                try await Task.sleep(for: .milliseconds(2))
                            } else {
                                _ = try node.commit([.acknowledge(user: "bob", device: device, serverIDs: numbers)])
                            }
                        }
                    }
                }
                for _ in 0..<3 { try await group.next() }
                isOver.set()
                try await group.waitForAll()
            }
            for device in ["b", "c"] {
                let numbers = seen.numbers(device)
                #expect(Set(numbers).count == numbers.count, "each once")
                #expect(numbers.count == 3 * rounds * 2, "all of them")
                for node in 0..<3 {
                    let own = numbers.filter { Int($0) / 100_000 == node }.map { $0 / 10 }
                    #expect(own == own.sorted(), "in the order of each sender")
                }
            }
            let page = try nodes[0].history(.group("team"), after: 0, limit: 1000, bytes: 1 << 20)
            #expect(page.messages.map(\.sequence) == Array(1...UInt64(3 * rounds)), "no number missing, none twice")
        }

        @Test func pagesAreRangeScans() throws {
            let store = try MySQLMessageStore(server)
            for number in 0..<20 { _ = try store.commit((1...100).map { draft(UInt64(number * 100 + $0), to: .user("u\($0 % 7)")) }) }
            let connection = try MySQLConnection(server)
            try connection.query("ANALYZE TABLE message") { _ in }
            for (query, index) in [
                (
                    "SELECT position, server_id FROM message WHERE mailbox = 3 AND position > 5 AND position <= 900 ORDER BY position LIMIT 10",
                    "message_by_mailbox"
                ),
                ("SELECT seq, body FROM message WHERE conversation = 3 AND seq > 5 ORDER BY seq LIMIT 10", "message_by_conversation"),
            ] {
                try connection.query("EXPLAIN " + query) { row in
                    let plan = try (0..<10).map { try row.text($0) }
                    #expect(plan[3] == "range" && plan[5] == index && !plan[9].contains("filesort"), "\(plan)")
                }
            }
        }
    }

    private final class Flag: Sendable {
        private let value = Atomic(false)

        var isSet: Bool { value.load(ordering: .sequentiallyConsistent) }
        func set() { value.store(true, ordering: .sequentiallyConsistent) }
    }

    /// Messages by device, in the order they came.
    private final class Seen: Sendable {
        private let all = Mutex<[String: [UInt64]]>([:])

        func add(_ numbers: [UInt64], _ device: String) { all.withLock { $0[device, default: []] += numbers } }
        func numbers(_ device: String) -> [UInt64] { all.withLock { $0[device] ?? [] } }
    }

    /// With a server of its own, since it dies.
    @Suite(.serialized) struct MySQLOutageTests {
        @Test func theServerMayDieAndComeBack() throws {
            let mariadb = try MariaDBServer()
            let server = try mariadb.database()
            let store = try MySQLMessageStore(server)
            let accounts = try MySQLAccountStore(server, hasher: PasswordHasher(cost: .trivial))
            try accounts.add(name: "alice", password: "secret")
            let draft = StoreWrite.save(
                MessageDraft(
                    sender: "alice", device: "a", recipient: .user("bob"), messageID: 7, serverID: 1, time: 1000, body: [1], mostWaiting: 9)
            )
            #expect(try store.commit([draft]).count == 1)
            mariadb.kill()
            #expect(throws: MessageStoreError.self) { try store.commit([draft]) }
            #expect(throws: MessageStoreError.self) { try store.history(.between("alice", "bob"), after: 0, limit: 9, bytes: 99) }
            #expect(throws: AccountError.self) { try accounts.verify(name: "alice", password: "secret") }
            #expect(throws: AccountError.self) { try accounts.refresh() }
            #expect(accounts.exists(name: "alice"))
            try mariadb.start()
            usleep(300_000)
            #expect(try store.commit([draft]) == [.saved(serverID: 1, sequence: 1, isDuplicate: true)])
            #expect(try accounts.verify(name: "alice", password: "secret"))
        }

        @Test func aRestartBetweenTwoCallsIsNotNoticed() throws {
            let mariadb = try MariaDBServer()
            let store = try MySQLMessageStore(try mariadb.database())
            try store.createGroup("team", members: ["alice"])
            mariadb.kill()
            try mariadb.start()
            try store.addMembers(["bob"], to: "team")
            #expect(try store.members(of: "team") == ["alice", "bob"])
        }
    }
#endif
