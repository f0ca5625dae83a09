#if MySQL
    import Testing

    @testable import MySQLStorage
    @testable import Storage

    @Suite struct MySQLAccountStoreTests {
        private let server: MySQLServer

        init() throws { server = try MariaDBServer.shared.get().database() }

        private func open() throws -> MySQLAccountStore { try MySQLAccountStore(server, hasher: PasswordHasher(cost: .trivial)) }

        @Test func eachNodeSeesWhatAnotherOneChanged() throws {
            let node = try open()
            let command = try open()
            #expect(try !node.refresh())
            try command.add(name: "alice", password: "secret")
            try command.add(name: "eve", password: "secret")
            #expect(!node.exists(name: "alice"))
            #expect(try node.verify(name: "alice", password: "secret"))
            #expect(try node.refresh())
            #expect(node.exists(name: "alice") && node.exists(name: "eve"))
            try command.remove(name: "alice")
            try command.remove(name: "eve")
            try command.add(name: "eve", password: "again")
            #expect(try node.refresh())
            #expect(!node.exists(name: "alice") && node.exists(name: "eve"))
            #expect(try !node.refresh())
            #expect(try open().exists(name: "eve"))
        }

        @Test func namesThatEndWithSpacesAreOthers() throws {
            let store = try open()
            try store.add(name: "a", password: "one")
            try store.add(name: "a ", password: "two")
            try store.add(name: "A", password: "three")
            #expect(try store.verify(name: "a ", password: "two"))
            #expect(try store.verify(name: "a", password: "one"))
            try store.addContact("a ", of: "a", mutual: false)
            #expect(try store.contacts(of: "a") == ["a "])
        }

        @Test func aDatabaseThatIsNotThereAndARefusedUserAreNamed() throws {
            var other = server
            other.database = "nowhere"
            var text = #expect(throws: AccountError.self) { try MySQLAccountStore(other) }.map(String.init(describing:)) ?? ""
            #expect(text.hasPrefix("mysql 127.0.0.1:\(server.port)/nowhere: there is no such database ("), "\(text)")
            other = server
            other.user = "nobody"
            other.password = "s3cret"
            text = #expect(throws: AccountError.self) { try MySQLAccountStore(other) }.map(String.init(describing:)) ?? ""
            #expect(text.contains("the server refuses the user (") && !text.contains("s3cret") && !text.contains("\n"), "\(text)")
            other = server
            other.port = 1
            text = #expect(throws: AccountError.self) { try MySQLAccountStore(other) }.map(String.init(describing:)) ?? ""
            #expect(text.contains("the server cannot be reached ("), "\(text)")
        }
    }
#endif
