import Synchronization

/// How many connections a node takes.
enum ConnectionCeiling {
    /// Descriptors that are left for the listeners' HTTP, files, and links to other servers where no limit is configured.
    private static let reserve = 512
    /// Of connections without a session while the memory is used up: enough to tell newcomers why they are not let in.
    private static let mostWithoutMemory = 1000

    /// - Parameters:
    ///   - configured: `chat.max_connections`; 0: as many as there can be.
    ///   - descriptors: that the process may have; 0: not known.
    /// - Returns: 0: no limit.
    static func most(configured: Int, descriptors: Int) -> Int {
        if configured > 0 || descriptors <= 0 { return configured }
        return max(descriptors - reserve, descriptors / 2)
    }

    /// Whether a connection is taken although nobody is let in: its login is answered with code 9.
    static func takesWithoutMemory(_ count: Int, _ shared: NodeShared) -> Bool {
        count - shared.sessions.load(ordering: .relaxed) <= mostWithoutMemory
    }
}
