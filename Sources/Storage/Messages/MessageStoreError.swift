/// Why the store did not do what was asked. The description is one line.
public enum MessageStoreError: Error, Hashable, CustomStringConvertible {
    /// Damaged, locked for too long, no space; the next try may succeed.
    case unusable(path: String, reason: String)
    /// One of the writes is at fault, not the store: the same would be refused again.
    case refused(path: String, reason: String)
    /// Too much waits already.
    case busy
    case badGroupName(String)
    case badMember(String)
    case groupExists(String)
    case noSuchGroup(String)
    case noSuchMember(group: String, user: String)

    var isRefusal: Bool { if case .refused = self { true } else { false } }

    public var description: String {
        switch self {
        case .unusable(let path, let reason), .refused(let path, let reason): "\(path): \(reason)"
        case .busy: "too much waits for the store"
        case .badGroupName: "a group's name is 1 to 64 bytes without control characters and '/'"
        case .badMember: "a user's name is 1 to 255 bytes"
        case .groupExists(let name): "group \(OneLineName.shown(name)) is there already"
        case .noSuchGroup(let name): "there is no group \(OneLineName.shown(name))"
        case .noSuchMember(let group, let user): "\(OneLineName.shown(user)) is no member of \(OneLineName.shown(group))"
        }
    }
}

/// A name as it was given, in quotes, on one line.
enum OneLineName {
    static func shown(_ name: String) -> String {
        "\""
            + name.unicodeScalars.prefix(80).map { $0.properties.generalCategory == .control ? $0.escaped(asASCII: true) : String($0) }
            .joined() + "\""
    }
}
