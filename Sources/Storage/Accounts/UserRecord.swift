/// An account, without its password.
public struct UserRecord: Sendable, Hashable {
    public let name: String
    /// When the account was made, in milliseconds since 1970.
    public let createdMilliseconds: Int64

    public init(name: String, createdMilliseconds: Int64) {
        self.name = name
        self.createdMilliseconds = createdMilliseconds
    }
}
