import Testing

@testable import Storage

/// What goes of long conversations, in every driver.
@Suite struct RetentionTests {
    private typealias Case = MessageStoreTests.Case

    private func trim(_ store: any MessageStore, to kept: Int, seenSince: UInt64 = 0, limit: Int = 100) throws -> Int {
        var conversation: Int64?
        var count = 0
        repeat {
            let page = try store.excess(over: kept, seenSince: seenSince, after: conversation, limit: limit)
            try store.remove(page.excesses)
            count += page.excesses.reduce(0) { $0 + $1.count }
            conversation = page.next
        } while conversation != nil
        return count
    }

    private func sequences(_ store: any MessageStore, _ conversation: Conversation = .between("alice", "bob")) throws -> [UInt64] {
        try store.history(conversation, after: 0, limit: 1000, bytes: 1 << 20).messages.map(\.sequence)
    }

    @Test(arguments: MessageStoreTests.Kind.allCases)
    func theNewestAreKept(_ kind: MessageStoreTests.Kind) throws {
        let test = try Case(kind)
        try test.register()
        for number in UInt64(1)...10 { try test.save(number) }
        try test.acknowledge(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
        #expect(try trim(test.store, to: 4, limit: 5) == 5, "a step")
        #expect(try trim(test.store, to: 4, limit: 5) == 1)
        #expect(try trim(test.store, to: 4) == 0)
        #expect(try sequences(test.store) == [7, 8, 9, 10])
        #expect(try test.save(11) == .saved(serverID: 11, sequence: 11, isDuplicate: false))
        #expect(try test.waiting() == [11])
    }

    @Test(arguments: MessageStoreTests.Kind.allCases)
    func whatADeviceWaitsForStays(_ kind: MessageStoreTests.Kind) throws {
        let test = try Case(kind)
        try test.register()
        try test.register("bob", "slow")
        for number in UInt64(1)...6 { try test.save(number) }
        #expect(try trim(test.store, to: 1) == 0)
        try test.acknowledge(1, 2, 3, 4, 5, 6)
        try test.acknowledge(1, 2, device: "slow")
        #expect(try trim(test.store, to: 1) == 2)
        #expect(try test.waiting("bob", "slow") == [3, 4, 5, 6])
        try test.acknowledge(3, 4, 5, 6, device: "slow")
        #expect(try trim(test.store, to: 1) == 3)
        #expect(try sequences(test.store) == [6])
    }

    @Test(arguments: MessageStoreTests.Kind.allCases)
    func whoWasNeverHereWaitsForAll(_ kind: MessageStoreTests.Kind) throws {
        let test = try Case(kind)
        for number in UInt64(1)...3 { try test.save(number) }
        #expect(try trim(test.store, to: 1) == 0)
        try test.register()
        #expect(try test.waiting() == [1, 2, 3])
    }

    @Test(arguments: MessageStoreTests.Kind.allCases)
    func aDeviceThatNobodyUsesKeepsNothing(_ kind: MessageStoreTests.Kind) throws {
        let test = try Case(kind)
        try test.register()
        try test.register("bob", "lost")
        for number in UInt64(1)...4 { try test.save(number) }
        try test.acknowledge(1, 2, 3, 4)
        try test.store.keep([.init(user: "bob", device: "b", time: 900), .init(user: "bob", device: "lost", time: 500)])
        #expect(try trim(test.store, to: 1, seenSince: 500) == 0)
        #expect(try trim(test.store, to: 1, seenSince: 501) == 3)
        // When nobody was here for long: what the furthest device has got may go.
        try test.save(5)
        #expect(try trim(test.store, to: 0, seenSince: 1000) == 1)
        #expect(try test.waiting() == [5])
    }

    @Test(arguments: MessageStoreTests.Kind.allCases)
    func groupsWaitForTheirMembers(_ kind: MessageStoreTests.Kind) throws {
        let test = try Case(kind)
        try test.store.createGroup("team", members: ["alice", "bob"])
        for (user, device) in [("alice", "a"), ("bob", "b")] { try test.register(user, device) }
        for number in UInt64(1)...4 { try test.save(number, to: .group("team")) }
        #expect(try trim(test.store, to: 0) == 0)
        // What alice's only device sent is not for it; who comes later waits for nothing of before.
        try test.store.addMembers(["carol"], to: "team")
        try test.acknowledge(1, 2, 3)
        #expect(try trim(test.store, to: 0) == 3)
        #expect(try sequences(test.store, .group("team")) == [4])
        try test.acknowledge(4)
        #expect(try trim(test.store, to: 0) == 1)
    }

    @Test(arguments: MessageStoreTests.Kind.allCases)
    func oneThatWaitsKeepsAllBehindIt(_ kind: MessageStoreTests.Kind) throws {
        let test = try Case(kind)
        for (user, device) in [("alice", "a"), ("bob", "b")] { try test.register(user, device) }
        try test.save(1)
        try test.save(2, from: "bob", device: "b", to: .user("alice"))
        try test.acknowledge(2, user: "alice", device: "a")
        #expect(try trim(test.store, to: 0) == 0, "history has no holes")
    }

    @Test(arguments: MessageStoreTests.Kind.allCases)
    func lastSeen(_ kind: MessageStoreTests.Kind) throws {
        let test = try Case(kind)
        try test.store.keep([.init(user: "bob", device: "a", time: 5), .init(user: "bob", device: "b", time: 7)])
        try test.store.keep([.init(user: "bob", device: "a", time: 9), .init(user: "bob", device: "b", time: 6)])
        #expect(
            try test.store.devices(of: "bob") == [.init(user: "bob", device: "a", time: 9), .init(user: "bob", device: "b", time: 7)])
        #expect(try test.store.devices(of: "eve") == [])
    }

    @Test(arguments: MessageStoreTests.Kind.allCases)
    func namesOfMessagesAreForgottenAfterADay(_ kind: MessageStoreTests.Kind) throws {
        let test = try Case(kind)
        let day = MessageDraft.resendWindow
        try test.save(1, messageID: 5, time: day)
        #expect(try test.store.commit([.expire(before: 0, now: 2 * day)]) == [.expired(0)])
        #expect(try test.store.commit([.expire(before: 0, now: 2 * day + 1)]) == [.expired(1)])
        #expect(try test.store.commit([.expire(before: 0, now: 2 * day + 1)]) == [.expired(0)])
        #expect(try sequences(test.store) == [1])
    }
}
