/// Why a store did not do what was asked. The description is one line for people.
public enum AccountError: Error, Hashable {
    case badName(String)
    case badPassword
    case nameTaken(String)
    case noSuchUser(String)
    case ownContact(String)
    case noSuchContact(user: String, contact: String)
    /// The store cannot be used: damaged, locked for too long, no space.
    case unusable(path: String, reason: String)
}

extension AccountError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badName(let name):
            "a user's name is 1 to 64 bytes without control characters and '/' and does not start with \"group:\"; "
                + "found \(Self.shown(name))"
        case .badPassword: "a password is 1 to \(Password.longest) bytes"
        case .nameTaken(let name): "user \(Self.shown(name)) is there already"
        case .noSuchUser(let name): "there is no user \(Self.shown(name))"
        case .ownContact(let name): "user \(Self.shown(name)) cannot be a contact of their own"
        case .noSuchContact(let user, let contact): "\(Self.shown(contact)) is no contact of \(Self.shown(user))"
        case .unusable(let path, let reason): "\(path): \(reason)"
        }
    }

    /// A name as it was given, in quotes, on one line.
    private static func shown(_ name: String) -> String {
        "\""
            + name.unicodeScalars.prefix(80).map { $0.properties.generalCategory == .control ? $0.escaped(asASCII: true) : String($0) }
            .joined() + "\""
    }
}
