import Testing

@testable import Storage

#if MySQL
    import MySQLStorage
    import TestSupport
#endif

/// What every driver does.
@Suite struct MessageStoreTests {
    enum Kind: CaseIterable {
        case memory, sqlite
        #if MySQL
            case mysql
        #endif
    }

    struct Case {
        let store: any MessageStore
        let folder: TemporaryFolder

        init(_ kind: Kind) throws {
            folder = try TemporaryFolder()
            store =
                switch kind {
                case .memory: MemoryMessageStore()
                case .sqlite: try SQLiteMessageStore(dataDirectory: folder.path)
                #if MySQL
                    case .mysql: try MySQLMessageStore(try MariaDBServer.shared.get().database())
                #endif
                }
        }

        func draft(
            _ serverID: UInt64, from sender: String = "alice", device: String = "a", to recipient: MessageDraft.Recipient = .user("bob"),
            messageID: UInt64 = 0, time: UInt64 = 1_000_000_000, mostWaiting: Int = 100
        ) -> StoreWrite {
            .save(
                MessageDraft(
                    sender: sender, device: device, recipient: recipient, messageID: messageID, serverID: serverID, time: time,
                    body: Array("\(serverID)".utf8), mostWaiting: mostWaiting))
        }

        @discardableResult func save(
            _ serverID: UInt64, from sender: String = "alice", device: String = "a", to recipient: MessageDraft.Recipient = .user("bob"),
            messageID: UInt64 = 0, time: UInt64 = 1_000_000_000, mostWaiting: Int = 100
        ) throws -> StoreOutcome {
            try store.commit([
                draft(serverID, from: sender, device: device, to: recipient, messageID: messageID, time: time, mostWaiting: mostWaiting)
            ])[0]
        }

        func waiting(_ user: String = "bob", _ device: String = "b", after: UInt64? = nil, limit: Int = 100) throws -> [UInt64] {
            try store.inbox(of: user, device: device, after: after, limit: limit, bytes: 1 << 20).messages.map(\.serverID)
        }

        func register(_ user: String = "bob", _ device: String = "b") throws {
            _ = try store.commit([.register(user: user, device: device)])
        }

        func acknowledge(_ serverIDs: UInt64..., user: String = "bob", device: String = "b") throws {
            _ = try store.commit([.acknowledge(user: user, device: device, serverIDs: serverIDs)])
        }
    }

    @Test(arguments: Kind.allCases)
    func conversationsCountFromOneForBothSides(_ kind: Kind) throws {
        let test = try Case(kind)
        #expect(try test.save(11) == .saved(serverID: 11, sequence: 1, isDuplicate: false))
        #expect(try test.save(12, from: "bob", to: .user("alice")) == .saved(serverID: 12, sequence: 2, isDuplicate: false))
        #expect(try test.save(13, from: "carol") == .saved(serverID: 13, sequence: 1, isDuplicate: false))
        for conversation in [Conversation.between("alice", "bob"), Conversation(of: "bob", with: "alice")] {
            let page = try test.store.history(conversation, after: 0, limit: 10, bytes: 1000)
            #expect(page.messages.map(\.serverID) == [11, 12] && page.messages.map(\.sequence) == [1, 2] && !page.more)
            #expect(page.messages.map(\.body) == [Array("11".utf8), Array("12".utf8)])
            #expect(try test.store.lastSequence(of: conversation) == 2)
        }
        #expect(try test.store.lastSequence(of: .between("a", "licebob")) == 0)
    }

    @Test(arguments: Kind.allCases)
    func pagesEndAtTheirLimits(_ kind: Kind) throws {
        let test = try Case(kind)
        for number in UInt64(1)...5 { try test.save(number) }
        let page = try test.store.history(.between("alice", "bob"), after: 1, limit: 2, bytes: 1000)
        #expect(page.messages.map(\.sequence) == [2, 3] && page.more)
        let small = try test.store.history(.between("alice", "bob"), after: 0, limit: 9, bytes: 0)
        #expect(small.messages.count == 1 && small.more, "one at least")
        try test.register()
        let first = try test.store.inbox(of: "bob", device: "b", after: nil, limit: 2, bytes: 1000)
        #expect(first.messages.map(\.serverID) == [1, 2] && first.more)
        #expect(try test.waiting(after: first.last) == [3, 4, 5])
    }

    @Test(arguments: Kind.allCases)
    func aDeviceGetsWhatItDidNotAcknowledge(_ kind: Kind) throws {
        let test = try Case(kind)
        #expect(try !test.store.inbox(of: "bob", device: "b", after: nil, limit: 1, bytes: 1).isRegistered)
        try test.register()
        for number in UInt64(1)...4 { try test.save(number) }
        #expect(try test.waiting() == [1, 2, 3, 4])
        try test.acknowledge(1, 3)
        #expect(try test.waiting() == [2, 4], "a gap is kept")
        try test.acknowledge(2)
        #expect(try test.waiting() == [4])
        try test.acknowledge(4, 999)
        #expect(try test.waiting() == [])
        try test.register()
        #expect(try test.waiting() == [], "it stays as it is")
    }

    @Test(arguments: Kind.allCases)
    func aNewDeviceStartsWithWhatNoOtherHasGot(_ kind: Kind) throws {
        let test = try Case(kind)
        for number in UInt64(1)...5 { try test.save(number) }
        try test.register("bob", "slow")
        try test.register("bob", "quick")
        try test.acknowledge(1, 2, 4, device: "quick")
        try test.register("bob", "new")
        #expect(try test.waiting("bob", "new") == [3, 5])
        #expect(try test.waiting("bob", "slow") == [1, 2, 3, 4, 5])
    }

    @Test(arguments: Kind.allCases)
    func theSameNameIsTheSameMessageForADay(_ kind: Kind) throws {
        let test = try Case(kind)
        let day = MessageDraft.resendWindow
        #expect(try test.save(1, messageID: 7, time: day) == .saved(serverID: 1, sequence: 1, isDuplicate: false))
        #expect(try test.save(2, messageID: 7, time: 2 * day - 1) == .saved(serverID: 1, sequence: 1, isDuplicate: true))
        #expect(try test.save(3, device: "other", messageID: 7, time: day) == .saved(serverID: 3, sequence: 2, isDuplicate: false))
        #expect(try test.save(4, to: .user("carol"), messageID: 7, time: day) == .saved(serverID: 4, sequence: 1, isDuplicate: false))
        #expect(try test.save(5, messageID: 7, time: 2 * day) == .saved(serverID: 5, sequence: 3, isDuplicate: false))
        // In one transaction, too.
        let both = try test.store.commit([test.draft(6, messageID: 8, time: day), test.draft(9, messageID: 8, time: day)])
        #expect(both[1] == .saved(serverID: 6, sequence: 4, isDuplicate: true))
    }

    @Test(arguments: Kind.allCases)
    func aFullInboxTakesNoMoreUntilADeviceHasSome(_ kind: Kind) throws {
        let test = try Case(kind)
        try test.register()
        try test.save(1, mostWaiting: 2)
        try test.save(2, mostWaiting: 2)
        #expect(try test.save(3, mostWaiting: 2) == .inboxFull)
        #expect(try test.waiting() == [1, 2])
        try test.acknowledge(1)
        #expect(try test.save(4, mostWaiting: 2) == .saved(serverID: 4, sequence: 3, isDuplicate: false))
    }

    @Test(arguments: Kind.allCases)
    func whatIsTooOldGoes(_ kind: Kind) throws {
        let test = try Case(kind)
        try test.register()
        try test.save(1, time: 100, mostWaiting: 2)
        try test.save(2, time: 200, mostWaiting: 2)
        #expect(try test.store.commit([.expire(before: 150, now: 300)]) == [.expired(1)])
        #expect(try test.waiting() == [2])
        #expect(
            try test.save(3, time: 300, mostWaiting: 2) == .saved(serverID: 3, sequence: 3, isDuplicate: false),
            "what is gone does not wait")
        #expect(try test.store.commit([.expire(before: 1000, now: 1000)]) == [.expired(2)])
        #expect(try test.store.commit([.expire(before: 1000, now: 1000)]) == [.expired(0)])
        try test.save(4)
        #expect(try test.waiting() == [4], "positions are not given again")
    }

    @Test(arguments: Kind.allCases)
    func groups(_ kind: Kind) throws {
        let test = try Case(kind)
        let store = test.store
        let before = try store.groupVersion()
        try store.createGroup("team", members: ["bob", "alice"])
        #expect(try store.groupVersion() > before)
        #expect(try store.members(of: "team") == ["alice", "bob"])
        #expect(try store.members(of: "none") == nil)
        try test.register("alice", "a")
        try test.register("alice", "other")
        try test.register()
        #expect(try test.save(1, to: .group("team")) == .saved(serverID: 1, sequence: 1, isDuplicate: false))
        #expect(try test.save(2, from: "eve", to: .group("team")) == .notMember)
        #expect(try test.save(3, to: .group("none")) == .noSuchGroup)
        #expect(try test.waiting() == [1])
        #expect(try test.waiting("alice", "other") == [1])
        #expect(try test.waiting("alice", "a") == [], "it sent it itself")
        try store.addMembers(["eve"], to: "team")
        try test.register("eve", "e")
        try test.save(4, from: "eve", device: "e", to: .group("team"))
        try test.save(5)
        #expect(try test.waiting() == [1, 4, 5], "all that is for a user, in one order")
        #expect(try test.waiting("eve", "e") == [])
        try test.acknowledge(4, user: "alice", device: "a")
        try test.save(6, to: .group("team"))
        #expect(try test.waiting("eve", "e") == [6], "nothing from before she came")
        try store.removeMembers(["bob"], from: "team")
        #expect(try test.waiting() == [5])
        #expect(try store.groups(of: nil) == ["team"])
        #expect(try store.groups(of: "bob") == [])
        #expect(throws: MessageStoreError.groupExists("team")) { try store.createGroup("team", members: []) }
        #expect(throws: MessageStoreError.noSuchGroup("none")) { try store.addMembers(["x"], to: "none") }
        #expect(throws: MessageStoreError.noSuchMember(group: "team", user: "bob")) { try store.removeMembers(["bob"], from: "team") }
        #expect(throws: MessageStoreError.badGroupName("a/b")) { try store.createGroup("a/b", members: []) }
    }

    @Test(arguments: Kind.allCases)
    func messagesFromOutsideNeedNoMember(_ kind: Kind) throws {
        let test = try Case(kind)
        try test.store.createGroup("team", members: ["bob"])
        try test.register()
        var draft = MessageDraft(
            sender: "shop", device: "", recipient: .group("team"), messageID: 0, serverID: 1, time: 1, body: [1], mostWaiting: 9)
        #expect(try test.store.commit([.save(draft)]) == [.notMember])
        draft.needsMembership = false
        #expect(try test.store.commit([.save(draft)]) == [.saved(serverID: 1, sequence: 1, isDuplicate: false)])
        #expect(try test.waiting() == [1])
        draft.recipient = .group("none")
        #expect(try test.store.commit([.save(draft)]) == [.noSuchGroup])
    }

    @Test(arguments: Kind.allCases)
    func namesAreBytes(_ kind: Kind) throws {
        let test = try Case(kind)
        try test.save(1, to: .user("\u{E9}"))
        try test.register("e\u{301}", "d")
        #expect(try test.waiting("e\u{301}", "d") == [])
        try test.register("\u{E9}", "d")
        #expect(try test.waiting("\u{E9}", "d") == [1])
    }

    @Test(arguments: Kind.allCases)
    func aLongRunOfAcknowledgementsInAnyOrder(_ kind: Kind) throws {
        let test = try Case(kind)
        try test.register()
        let numbers = Array(UInt64(1)...3000)
        _ = try test.store.commit(numbers.map { test.draft($0, mostWaiting: 10_000) })
        var generator = SeededGenerator(7)
        let shuffled = numbers.dropLast().shuffled(using: &generator)
        for start in stride(from: 0, to: shuffled.count, by: 97) {
            let some = Array(shuffled[start..<min(start + 97, shuffled.count)])
            _ = try test.store.commit([.acknowledge(user: "bob", device: "b", serverIDs: some)])
        }
        #expect(try test.waiting() == [3000])
    }
}

struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
