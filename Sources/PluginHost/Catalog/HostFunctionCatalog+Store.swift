// Accounts and contacts.
extension HostFunctionCatalog {
    private static let busy = LuaMember("reason?", "string", "\"busy\" when too much waits for the store already")

    static let store: [HostFunctionDescription] = [
        .init(
            "store.user", need: "store", waits: true,
            "A user's account; nil where there is none. With `login` in mode open every uid counts as a user.",
            [.init("uid", "string")], returns: [.init("user?", "hpush.User")]),
        .init(
            "store.verify", need: "store", waits: true,
            "Whether a password is the user's; also false where there is no such user. nil when it could not be found out.",
            [.init("uid", "string"), .init("password", "string")], returns: [.init("right?", "boolean"), busy]),
        .init(
            "store.contacts", need: "store", waits: true, "The uids of a user's contacts. nil when they could not be found out.",
            [.init("uid", "string")], returns: [.init("uids?", "string[]"), busy]),
    ]
}
