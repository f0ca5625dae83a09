/// Host functions whose answers come from outside the loop's own state, so that a replay takes them from the recording: the account store,
/// tokens, other services, ids.
public enum OutsideFunctions {
    public static func contains(_ name: String) -> Bool {
        ["id", "http", "redis"].contains(name)
            || ["store.", "token.", "cluster.", "offload", "crypto.password"].contains { name.hasPrefix($0) }
    }
}
