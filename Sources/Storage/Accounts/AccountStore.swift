/// Accounts and contacts.
///
/// Every call may wait for a disk or compute a password hash (about 50 ms), so event loops reach a store through a `BlockingPool`.
/// The exception is `exists`, which looks at memory only. All calls are thread-safe. Names are compared byte by byte.
///
/// Errors are `AccountError`.
public protocol AccountStore: Sendable {
    /// Makes an account. Throws `.nameTaken`, `.badName`, `.badPassword`.
    func add(name: String, password: String) throws
    /// Throws `.noSuchUser`, `.badPassword`.
    func setPassword(of name: String, to password: String) throws
    /// Removes the account and every contact from and to it. Throws `.noSuchUser`.
    func remove(name: String) throws

    /// Accounts in ascending order of their names' bytes: at most `limit`, after the name `after`.
    func users(after: String?, limit: Int) throws -> [UserRecord]
    /// One account; nil where there is none.
    func user(name: String) throws -> UserRecord?
    /// Whether there is such an account, from memory. What another process changed shows after the next `refresh`.
    func exists(name: String) -> Bool
    /// Whether this is the user's password. Takes as long for a user that does not exist.
    func verify(name: String, password: String) throws -> Bool

    /// From now on `contact` is told when `user` comes and goes; with `mutual` also the other way round. Adding one that is there
    /// already is no error. Throws `.noSuchUser`, `.ownContact`.
    func addContact(_ contact: String, of user: String, mutual: Bool) throws
    /// Undoes `addContact`. Throws `.noSuchUser`, and `.noSuchContact` where nothing was there to undo.
    func removeContact(_ contact: String, of user: String, mutual: Bool) throws
    /// Who is told when `user` comes and goes, in ascending order of bytes. Throws `.noSuchUser`.
    func contacts(of user: String) throws -> [String]

    /// Takes notice of what other processes changed; true if there was anything. Cheap when there was nothing.
    @discardableResult
    func refresh() throws -> Bool
}
