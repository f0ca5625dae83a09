import Logging
import Messaging
import RedisClient
import Synchronization

/// Ids of `ids.generator: redis`: reserved at Redis a block at a time (INCRBY `hpush:id`), given one by one. Any thread.
final class RedisIDs: Sendable {
    private struct State {
        var block: IDBlock?
        var next: IDBlock?
        var isAsking = false
        var problem = "the first block is on its way"
    }

    static let key = "hpush:id"
    private static let size: UInt64 = 1000

    private let redis: NodeRedis
    private let state = Mutex(State())

    init(_ redis: NodeRedis) { self.redis = redis }

    /// - Returns: nil when there is none at hand; `problem` says why.
    func take() -> UInt64? {
        let (id, asks) = state.withLock { state -> (UInt64?, Bool) in
            var id = state.block?.take()
            if id == nil, let next = state.next {
                state.block = next
                state.next = nil
                id = state.block?.take()
            }
            let asks = !state.isAsking && state.next == nil && (state.block?.isLow ?? true)
            if asks { state.isAsking = true }
            return (id, asks)
        }
        if asks { ask() }
        return id
    }

    var problem: String { state.withLock(\.problem) }

    /// Gets the first block; the node serves when it is there.
    /// - Returns: false when Redis does not answer.
    func prepare() async -> Bool {
        let asks = state.withLock { state in
            guard state.block == nil, !state.isAsking else { return false }
            state.isAsking = true
            return true
        }
        guard asks else { return true }
        return await withCheckedContinuation { done in ask { done.resume(returning: $0) } }
    }

    private func ask(_ done: (@Sendable (Bool) -> Void)? = nil) {
        redis.send(RedisCommand("INCRBY", Self.key, Int(Self.size)), milliseconds: 2000) { [self] result in
            let succeeded = state.withLock { state in
                state.isAsking = false
                guard case .success(let value) = result, let last = value.int, last > 0 else {
                    if case .failure(let error) = result { state.problem = "\(error)" }
                    return false
                }
                let block = IDBlock(upTo: UInt64(last), count: Self.size)
                if state.block == nil || state.block?.left == 0 { state.block = block } else { state.next = block }
                return true
            }
            done?(succeeded)
        }
    }
}
