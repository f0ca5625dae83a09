#if MySQL
    import Testing

    @testable import MySQLStorage
    @testable import Storage

    @Suite struct MySQLRetentionTests {
        private let server: MySQLServer

        init() throws { server = try MariaDBServer.shared.get().database() }

        private func draft(_ serverID: UInt64, from sender: String = "alice", to recipient: MessageDraft.Recipient) -> StoreWrite {
            .save(
                MessageDraft(
                    sender: sender, device: "a", recipient: recipient, messageID: 0, serverID: serverID, time: 1000, body: [1],
                    mostWaiting: 1_000_000))
        }

        private func trim(_ store: MySQLMessageStore, to kept: Int) throws {
            let page = try store.excess(over: kept, seenSince: 0, after: nil, limit: 7)
            try store.remove(page.excesses)
        }

        /// Two nodes remove while two others store for the same mailboxes, and a device reads and acknowledges.
        @Test func nodesMayRemoveAtOnceWhileOthersStore() async throws {
            let nodes = try (0..<4).map { _ in try MySQLMessageStore(server) }
            try nodes[0].createGroup("team", members: ["alice", "eve", "bob"])
            _ = try nodes[0].commit([
                .register(user: "bob", device: "b"), .register(user: "alice", device: "a"), .register(user: "eve", device: "a"),
            ])
            let rounds = 60
            let all = 2 * rounds * 2
            let got = try await withThrowingTaskGroup(of: [UInt64].self) { group in
                for (number, sender) in ["alice", "eve"].enumerated() {
                    group.addTask {
                        for round in 0..<rounds {
                            let base = UInt64(number * 100_000 + round * 10)
                            _ = try nodes[number].commit([
                                draft(base + 1, from: sender, to: .user("bob")), draft(base + 2, from: sender, to: .group("team")),
                            ])
                        }
                        return []
                    }
                    group.addTask {
                        for _ in 0..<rounds { try trim(nodes[2 + number], to: 3) }
                        return []
                    }
                }
                group.addTask {
                    var got: [UInt64] = []
                    while got.count < all {
                        let page = try nodes[3].inbox(of: "bob", device: "b", after: nil, limit: 20, bytes: 1 << 20)
                        let numbers = page.messages.map(\.serverID)
                        got += numbers
                        if numbers.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
                        _ = try nodes[3].commit([.acknowledge(user: "bob", device: "b", serverIDs: numbers)])
                    }
                    return got
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(got.count == all && Set(got).count == all, "nothing went that a device waited for")
            for user in ["alice", "eve"] {
                for _ in 0..<rounds { try trim(nodes[2], to: 3) }
                let page = try nodes[0].history(.between(user, "bob"), after: 0, limit: 1000, bytes: 1 << 20)
                let last = UInt64(rounds)
                #expect(page.messages.map(\.sequence) == [last - 2, last - 1, last])
            }
        }

        @Test func whileAnotherNodeIsAtItTheNextOneWaits() async throws {
            let store = try MySQLMessageStore(server)
            _ = try store.commit([.register(user: "bob", device: "b"), draft(1, to: .user("bob")), draft(2, to: .user("bob"))])
            _ = try store.commit([.acknowledge(user: "bob", device: "b", serverIDs: [1, 2])])
            let page = try store.excess(over: 1, seenSince: 0, after: nil, limit: 100)
            #expect(page.excesses.map(\.count) == [1] && page.next == nil)
            let other = try MySQLConnection(server)
            let failure: Void? = try UpkeepLock.holding(other, waitSeconds: 0) {
                #expect(throws: MessageStoreError.self) { try store.remove(page.excesses) }
                let expired = try store.commit([.expire(before: 5000, now: 5000)])
                #expect(expired == [.expired(0)])
            }
            #expect(failure != nil)
            try store.remove(page.excesses)
            try store.remove(page.excesses)
            #expect(try store.history(.between("alice", "bob"), after: 0, limit: 9, bytes: 99).messages.map(\.sequence) == [2])
        }

        @Test func manyConversationsComeInPages() throws {
            let store = try MySQLMessageStore(server)
            let users = (0..<450).map { "u\($0)" }
            _ = try store.commit(users.map { .register(user: $0, device: "d") })
            _ = try store.commit(users.enumerated().map { draft(UInt64($0.offset + 1), to: .user($0.element)) })
            _ = try store.commit(
                users.enumerated().map { .acknowledge(user: $0.element, device: "d", serverIDs: [UInt64($0.offset + 1)]) })
            var counts: [Int] = []
            var conversation: Int64?
            repeat {
                let page = try store.excess(over: 0, seenSince: 0, after: conversation, limit: 10)
                try store.remove(page.excesses)
                counts.append(page.excesses.count)
                conversation = page.next
            } while conversation != nil
            #expect(counts == [200, 200, 50])
            #expect(try store.excess(over: 0, seenSince: 0, after: nil, limit: 10).excesses.isEmpty)
        }

        @Test func tablesOfTheVersionBeforeAreBroughtUpToDate() throws {
            try MySQLMigration.bringUpToDate(server, steps: [MySQLSchema.steps[0], MySQLSchema.steps[1]])
            let store = try MySQLMessageStore(server)
            _ = try store.commit([.register(user: "bob", device: "b"), draft(1, to: .user("bob"))])
            try store.keep([.init(user: "bob", device: "b", time: 7)])
            #expect(try store.devices(of: "bob").map(\.time) == [7])
        }

        @Test func theLatestTimeOfADeviceStaysWhicheverNodeHasIt() throws {
            let nodes = try (0..<2).map { _ in try MySQLMessageStore(server) }
            let long = String(repeating: "x", count: 700)
            try nodes[0].keep([.init(user: long, device: long, time: 9), .init(user: long, device: long, time: 3)])
            try nodes[1].keep([.init(user: long, device: long, time: 5), .init(user: long, device: long + "y", time: 1)])
            #expect(try nodes[1].devices(of: long).map(\.time) == [9, 1])
        }
    }
#endif
