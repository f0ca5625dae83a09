import Reactor
import ZooKeeperClient

/// `/im/OnlineCounter`: the sessions of the cluster, as Curator's DistributedAtomicLong stores them. Each node adds what changed with it, at
/// most a second late; the lowest node takes off what a node that went has left in it, and mends a difference that stays. Loop-only.
final class OnlineCount {
    private let counter: AtomicLong
    /// What this node has added so far.
    private var counted: Int64 = 0
    private var isWriting = false
    /// The difference seen at the last look, while nobody's numbers changed.
    private var difference: Int64 = 0

    init(client: ZooKeeperClient, path: String) { counter = AtomicLong(client: client, path: path) }

    /// This node is registered anew: the others have taken its sessions off. The counter is there from then on, whoever reads it.
    func restart() {
        counted = 0
        counter.add(0, timeoutMilliseconds: 5000) { _ in }
    }

    /// Adds what changed since.
    func update(_ sessions: Int64) {
        let delta = sessions - counted
        guard delta != 0, !isWriting else { return }
        isWriting = true
        // Without knowing what became of it, it counts as done: a difference that stays is mended.
        counted = sessions
        counter.add(delta, timeoutMilliseconds: 5000) { [self] result in
            isWriting = false
            if case .failure(let error) = result, !error.isOutcomeUnknown { counted -= delta }
        }
    }

    /// For the lowest node: one that went had so many sessions.
    func takeOff(_ sessions: Int64) {
        guard sessions != 0 else { return }
        counter.add(-sessions, timeoutMilliseconds: 5000) { _ in }
    }

    /// For the lowest node, now and then: `sessions` is what all nodes say together. A difference that is the same twice is taken out.
    func mend(_ sessions: Int64) {
        counter.get { [self] result in
            guard case .success(let value) = result else { return }
            let found = value - sessions
            defer { difference = found }
            guard found != 0, found == difference else { return }
            counter.compareAndSet(expected: value, sessions, timeoutMilliseconds: 5000) { _ in }
        }
    }

    /// Takes this node's sessions off, at its end.
    func leave(_ done: @escaping () -> Void) {
        guard counted != 0 else { return done() }
        let delta = counted
        counted = 0
        counter.add(-delta, timeoutMilliseconds: 1000) { _ in done() }
    }
}
