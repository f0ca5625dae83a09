/// Numbers of which each owner has one for good, such as the worker part of snowflake ids: node `path/N`, persistent, with the owner's id
/// as data. An owner that comes back gets the number it had.
public enum WorkerNumber {
    /// Finds or claims the owner's number, the lowest that is free. Any thread. What the connection does meanwhile is waited out.
    ///
    /// - Parameters:
    ///   - ownerID: what makes the owner unique; two at once with the same id get the same number.
    ///   - limit: numbers are below it.
    ///   - preferred: claimed before the lowest, if it is free and the owner has none: the one it used before the servers lost their data.
    ///   - timeoutMilliseconds: for all of it.
    /// - Throws: `.exhausted` when all numbers belong to others; else what kept it from being done in time.
    public static func claim(
        client: ZooKeeperClient, path: String, ownerID: String, limit: Int = 1024, preferred: Int? = nil, acl: [ACL] = .openUnsafe,
        timeoutMilliseconds: Int = 30_000
    ) async throws(ZooKeeperError) -> Int {
        try await client.ask { client, completion in
            WorkerClaim(client, path, Array(ownerID.utf8), limit, preferred, acl, timeoutMilliseconds, completion).begin()
        }
    }

    /// Gives the owner's number back for others to claim; only for an owner that never comes back.
    public static func release(client: ZooKeeperClient, path: String, number: Int, ownerID: String) async throws(ZooKeeperError) {
        let node = NodePath.child(String(number), of: path)
        let content = try await client.getData(node)
        guard content.data == Array(ownerID.utf8) else {
            throw ZooKeeperError(.unexpectedData, path: node, message: "the number belongs to another owner")
        }
        try await client.delete(node, version: content.stat.version)
    }
}
