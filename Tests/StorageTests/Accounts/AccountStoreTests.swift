import Testing

@testable import Storage

#if MySQL
    import MySQLStorage
    import TestSupport
#endif

/// What every store does.
@Suite struct AccountStoreTests {
    enum Kind: CaseIterable {
        case memory, sqlite
        #if MySQL
            case mysql
        #endif
    }

    struct Case {
        let store: any AccountStore
        let folder: TemporaryFolder

        init(_ kind: Kind) throws {
            folder = try TemporaryFolder()
            let hasher = PasswordHasher(cost: .trivial)
            store =
                switch kind {
                case .memory: MemoryAccountStore(hasher: hasher)
                case .sqlite: try SQLiteAccountStore(dataDirectory: folder.path, hasher: hasher)
                #if MySQL
                    case .mysql: try MySQLAccountStore(try MariaDBServer.shared.get().database(), hasher: hasher)
                #endif
                }
        }
    }

    @Test(arguments: Kind.allCases)
    func anAccountsLife(_ kind: Kind) throws {
        let test = try Case(kind)
        let store = test.store
        #expect(!store.exists(name: "alice"))
        #expect(try store.user(name: "alice") == nil)
        try store.add(name: "alice", password: "one")
        #expect(store.exists(name: "alice"))
        let record = try #require(try store.user(name: "alice"))
        #expect(record.name == "alice" && record.createdMilliseconds > 1_600_000_000_000)
        #expect(try store.verify(name: "alice", password: "one"))
        #expect(try !store.verify(name: "alice", password: "two"))
        #expect(try !store.verify(name: "bob", password: "one"))
        #expect(throws: AccountError.nameTaken("alice")) { try store.add(name: "alice", password: "two") }
        try store.setPassword(of: "alice", to: "two")
        #expect(try store.verify(name: "alice", password: "two"))
        #expect(try !store.verify(name: "alice", password: "one"))
        try store.remove(name: "alice")
        #expect(!store.exists(name: "alice"))
        #expect(try !store.verify(name: "alice", password: "two"))
        #expect(throws: AccountError.noSuchUser("alice")) { try store.remove(name: "alice") }
        #expect(throws: AccountError.noSuchUser("alice")) { try store.setPassword(of: "alice", to: "x") }
    }

    @Test(arguments: Kind.allCases)
    func listsInPages(_ kind: Kind) throws {
        let test = try Case(kind)
        for name in ["b", "Z", "ä", "a", "c", "B"] { try test.store.add(name: name, password: "x") }
        #expect(try test.store.users(after: nil, limit: 4).map(\.name) == ["B", "Z", "a", "b"])
        #expect(try test.store.users(after: "b", limit: 4).map(\.name) == ["c", "ä"])
        #expect(try test.store.users(after: "ä", limit: 4).isEmpty)
        #expect(try test.store.users(after: nil, limit: 0).isEmpty)
    }

    @Test(arguments: Kind.allCases)
    func namesAreBytes(_ kind: Kind) throws {
        let test = try Case(kind)
        try test.store.add(name: "e\u{301}", password: "decomposed")
        #expect(!test.store.exists(name: "\u{E9}"))
        try test.store.add(name: "\u{E9}", password: "composed")
        #expect(try test.store.verify(name: "\u{E9}", password: "composed"))
        #expect(try test.store.verify(name: "e\u{301}", password: "decomposed"))
        #expect(!test.store.exists(name: "' OR 1=1 --"))
        try test.store.add(name: "' OR 1=1 --", password: "x")
        #expect(test.store.exists(name: "' OR 1=1 --"))
    }

    @Test(arguments: Kind.allCases)
    func refusesUnfitNamesAndPasswords(_ kind: Kind) throws {
        let test = try Case(kind)
        for name in ["", "a/b", "group:a", "a\nb", "a\u{0}", "\u{85}", "\u{2028}", String(repeating: "ä", count: 33)] {
            #expect(throws: AccountError.badName(name)) { try test.store.add(name: name, password: "x") }
        }
        for password in ["", String(repeating: "x", count: 1025)] {
            #expect(throws: AccountError.badPassword) { try test.store.add(name: "a", password: password) }
        }
        try test.store.add(name: String(repeating: "ä", count: 32), password: String(repeating: "x", count: 1024))
        #expect(try !test.store.verify(name: String(repeating: "ä", count: 32), password: String(repeating: "x", count: 1025)))
    }

    @Test(arguments: Kind.allCases)
    func contacts(_ kind: Kind) throws {
        let test = try Case(kind)
        let store = test.store
        for name in ["alice", "bob", "carol"] { try store.add(name: name, password: "x") }
        try store.addContact("bob", of: "alice", mutual: true)
        try store.addContact("bob", of: "alice", mutual: true)
        try store.addContact("carol", of: "alice", mutual: false)
        #expect(try store.contacts(of: "alice") == ["bob", "carol"])
        #expect(try store.contacts(of: "bob") == ["alice"])
        #expect(try store.contacts(of: "carol").isEmpty)
        #expect(throws: AccountError.noSuchUser("dave")) { try store.addContact("dave", of: "alice", mutual: false) }
        #expect(throws: AccountError.noSuchUser("dave")) { try store.contacts(of: "dave") }
        #expect(throws: AccountError.ownContact("alice")) { try store.addContact("alice", of: "alice", mutual: false) }
        try store.removeContact("bob", of: "alice", mutual: false)
        #expect(try store.contacts(of: "bob") == ["alice"])
        try store.removeContact("bob", of: "alice", mutual: true)
        #expect(try store.contacts(of: "bob").isEmpty)
        #expect(throws: AccountError.noSuchContact(user: "alice", contact: "bob")) {
            try store.removeContact("bob", of: "alice", mutual: true)
        }
        try store.remove(name: "carol")
        #expect(try store.contacts(of: "alice").isEmpty)
    }

    @Test(arguments: Kind.allCases)
    func isUsableFromManyThreads(_ kind: Kind) async throws {
        let test = try Case(kind)
        let store = test.store
        let taken = await withTaskGroup(of: Int.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    (0..<20).count { number in
                        // Half the names are fought for by two workers.
                        (try? store.add(name: "user-\(worker / 2)-\(number)", password: "x")) == nil
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(taken == 80)
        #expect(try store.users(after: nil, limit: 1000).count == 80)
    }
}
