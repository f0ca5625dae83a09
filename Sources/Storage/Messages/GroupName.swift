/// The rules of groups' names.
public enum GroupName {
    public static func check(_ name: String) throws {
        guard (1...64).contains(name.utf8.count),
            !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control || $0 == "/" })
        else { throw MessageStoreError.badGroupName(name) }
    }

    package static func checkMembers(_ users: [String]) throws {
        for user in users where !(1...255).contains(user.utf8.count) { throw MessageStoreError.badMember(user) }
    }
}
