/// The sessions of one loop that make plugins fail. Empty as long as nothing fails; bounded by `GuardPolicy.sessions`.
public struct SessionThrottles {
    private struct Key: Hashable {
        var session: UInt64
        var plugin: Int
    }

    private let policy: GuardPolicy
    private var throttles: [Key: SessionThrottle] = [:]
    /// By plugin: until when the last of its sessions is throttled.
    private var ends: [Int: UInt64] = [:]
    private var swept: UInt64 = 0

    public init(_ policy: GuardPolicy = GuardPolicy()) { self.policy = policy }

    public var isEmpty: Bool { throttles.isEmpty }

    /// A session's message, or what it caused, made a plugin fail.
    /// - Returns: until when the session is throttled; nil if that does not begin now.
    public mutating func failed(_ session: UInt64, _ plugin: Int, at now: UInt64) -> UInt64? {
        let key = Key(session: session, plugin: plugin)
        if throttles[key] == nil, throttles.count >= policy.sessions {
            sweep(at: now)
            if throttles.count >= policy.sessions { return nil }
        }
        guard let until = throttles[key, default: SessionThrottle(at: now)].failed(at: now, policy) else { return nil }
        ends[plugin] = max(ends[plugin] ?? 0, until)
        return until
    }

    public func admits(_ session: UInt64, _ plugin: Int, at now: UInt64) -> Bool {
        throttles[Key(session: session, plugin: plugin)]?.admits(at: now) ?? true
    }

    /// Whether any session is kept from the plugin.
    public func isActive(_ plugin: Int, at now: UInt64) -> Bool { ends[plugin].map { now < $0 } ?? false }

    /// Sessions kept from the plugin now.
    public func count(_ plugin: Int, at now: UInt64) -> Int {
        isActive(plugin, at: now) ? throttles.count { $0.key.plugin == plugin && !$0.value.admits(at: now) } : 0
    }

    /// The session ended. `plugins`: how many there are.
    public mutating func forget(_ session: UInt64, plugins: Int) {
        for plugin in 0..<plugins { throttles[Key(session: session, plugin: plugin)] = nil }
    }

    /// The plugin is another, or well again.
    public mutating func forget(plugin: Int) {
        throttles = throttles.filter { $0.key.plugin != plugin }
        ends[plugin] = nil
    }

    public mutating func removeAll() {
        throttles = [:]
        ends = [:]
    }

    /// Once a second at most: who fails on purpose from many sessions is not to make each failure dear.
    private mutating func sweep(at now: UInt64) {
        guard now - swept >= 1_000_000_000 else { return }
        swept = now
        throttles = throttles.filter { !$0.value.isOver(at: now, policy) }
    }
}
