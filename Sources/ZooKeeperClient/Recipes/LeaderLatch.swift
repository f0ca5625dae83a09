import Reactor
import Synchronization

/// Elects one leader among those that run it on the same path, by ephemeral sequential nodes `latch-N`: the lowest leads, each watches
/// only the one before it.
///
/// Without connection nobody knows whether he still leads, so then he does not. A process that was stopped for a while may believe for a
/// moment longer than true that it leads: what must not be done by two looks at `ZooKeeperClient.leaseMilliseconds`, or is written with a
/// version. Methods are for any thread; `onChange` is called on the client's loop.
public final class LeaderLatch: @unchecked Sendable {
    public let client: ZooKeeperClient
    public let path: String
    /// What others see of this participant.
    public let id: String

    private let shared = Mutex(false)
    let onChange: (Bool) -> Void

    // Of the loop.
    var registration: NodeRegistration?
    var own: NodeRegistration.Registration?
    var isStopped = false
    var round = 0
    var stateHandler = 0
    let retry: LoopTimer

    public init(client: ZooKeeperClient, path: String, id: String, onChange: @escaping (Bool) -> Void) {
        self.client = client
        self.path = path
        self.id = id
        self.onChange = onChange
        retry = LoopTimer(client.loop)
    }

    /// Whether this one leads now. Any thread.
    public var isLeader: Bool { shared.withLock { $0 } }

    /// Takes part; once.
    public func start() {
        client.loop.execute { [self] in begin() }
    }

    /// Leads no more, and leaves.
    public func stop() async {
        let registration: NodeRegistration? = await withCheckedContinuation { continuation in
            if !client.loop.execute({ [self] in continuation.resume(returning: end()) }) { continuation.resume(returning: nil) }
        }
        await registration?.stop()
    }

    /// The ids of those taking part, the leader first.
    public func participants() async throws(ZooKeeperError) -> [String] {
        var ids: [String] = []
        // Whoever leaves meanwhile takes no part; without the path nobody does.
        let names = try await ifThere { () async throws(ZooKeeperError) in try await client.getChildren(path).names } ?? []
        for name in Self.inOrder(names) {
            let node = NodePath.child(name, of: path)
            let data = try await ifThere { () async throws(ZooKeeperError) in try await client.getData(node).data }
            if let data { ids.append(String(decoding: data, as: UTF8.self)) }
        }
        return ids
    }

    private func ifThere<Value>(
        _ read: () async throws(ZooKeeperError) -> Value
    ) async throws(ZooKeeperError) -> Value? {
        do throws(ZooKeeperError) {
            return try await read()
        } catch {
            if error.code == .noNode { return nil }
            throw error
        }
    }

    func setLeader(_ leads: Bool) {
        let changed = shared.withLock { value in
            defer { value = leads }
            return value != leads
        }
        if changed { onChange(leads) }
    }

    /// Curator's names have something in front; what counts is the number.
    static func inOrder(_ names: [String]) -> [String] {
        names.compactMap { name in NodePath.sequence(name).map { ($0, name) } }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
