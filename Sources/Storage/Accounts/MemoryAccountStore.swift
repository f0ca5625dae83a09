import Foundation
import Synchronization

/// Accounts that live as long as the process: for tests and `store.driver: memory`.
public final class MemoryAccountStore: AccountStore {
    private struct Account {
        var record: UserRecord
        var hash: String
        var contacts: Set<[UInt8]> = []
    }

    private let hasher: PasswordHasher
    private let accounts = Mutex<[[UInt8]: Account]>([:])

    public init(hasher: PasswordHasher = PasswordHasher()) {
        self.hasher = hasher
    }

    public func add(name: String, password: String) throws {
        try AccountName.check(name)
        try Password.check(password)
        guard !exists(name: name) else { throw AccountError.nameTaken(name) }
        let hash = try hasher.hash(password)
        let record = UserRecord(name: name, createdMilliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        try accounts.withLock {
            guard $0[Array(name.utf8)] == nil else { throw AccountError.nameTaken(name) }
            $0[Array(name.utf8)] = Account(record: record, hash: hash)
        }
    }

    public func setPassword(of name: String, to password: String) throws {
        try Password.check(password)
        guard exists(name: name) else { throw AccountError.noSuchUser(name) }
        let hash = try hasher.hash(password)
        try accounts.withLock { accounts in
            try Self.change(name, in: &accounts) { $0.hash = hash }
        }
    }

    public func remove(name: String) throws {
        let key = Array(name.utf8)
        try accounts.withLock { accounts in
            guard accounts.removeValue(forKey: key) != nil else { throw AccountError.noSuchUser(name) }
            for other in accounts.keys { accounts[other]?.contacts.remove(key) }
        }
    }

    public func users(after: String?, limit: Int) throws -> [UserRecord] {
        let start = after.map { Array($0.utf8) }
        let sorted = accounts.withLock { accounts in
            accounts.filter { entry in start.map { $0.lexicographicallyPrecedes(entry.key) } ?? true }
                .sorted { $0.key.lexicographicallyPrecedes($1.key) }
        }
        return sorted.prefix(max(0, limit)).map(\.value.record)
    }

    public func user(name: String) throws -> UserRecord? {
        accounts.withLock { $0[Array(name.utf8)]?.record }
    }

    public func exists(name: String) -> Bool {
        accounts.withLock { $0[Array(name.utf8)] != nil }
    }

    public func verify(name: String, password: String) throws -> Bool {
        guard Password.isValid(password), AccountName.isValid(name) else { return false }
        return try hasher.verify(password, against: accounts.withLock { $0[Array(name.utf8)]?.hash })
    }

    public func addContact(_ contact: String, of user: String, mutual: Bool) throws {
        try accounts.withLock { accounts in
            try Self.checkPair(contact, user, accounts)
            try Self.change(user, in: &accounts) { $0.contacts.insert(Array(contact.utf8)) }
            if mutual { try Self.change(contact, in: &accounts) { $0.contacts.insert(Array(user.utf8)) } }
        }
    }

    public func removeContact(_ contact: String, of user: String, mutual: Bool) throws {
        try accounts.withLock { accounts in
            try Self.checkPair(contact, user, accounts)
            var removed = false
            try Self.change(user, in: &accounts) { removed = $0.contacts.remove(Array(contact.utf8)) != nil }
            if mutual { try Self.change(contact, in: &accounts) { removed = $0.contacts.remove(Array(user.utf8)) != nil || removed } }
            guard removed else { throw AccountError.noSuchContact(user: user, contact: contact) }
        }
    }

    public func contacts(of user: String) throws -> [String] {
        let contacts = accounts.withLock { $0[Array(user.utf8)]?.contacts }
        guard let contacts else { throw AccountError.noSuchUser(user) }
        return contacts.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
    }

    public func refresh() throws -> Bool { false }

    private static func checkPair(_ contact: String, _ user: String, _ accounts: [[UInt8]: Account]) throws {
        for name in [user, contact] where accounts[Array(name.utf8)] == nil { throw AccountError.noSuchUser(name) }
        guard !user.utf8.elementsEqual(contact.utf8) else { throw AccountError.ownContact(user) }
    }

    private static func change(_ name: String, in accounts: inout [[UInt8]: Account], _ body: (inout Account) -> Void) throws {
        guard var account = accounts[Array(name.utf8)] else { throw AccountError.noSuchUser(name) }
        body(&account)
        accounts[Array(name.utf8)] = account
    }
}
