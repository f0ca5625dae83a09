import Synchronization

/// The subscription behind a stream, which may end before it was made.
final class StreamBox: Sendable {
    private let state = Mutex<(subscription: RedisSubscription?, ended: Bool)>((nil, false))

    func put(_ subscription: RedisSubscription) {
        let tooLate = state.withLock { state in
            if state.ended { return true }
            state.subscription = subscription
            return false
        }
        if tooLate { subscription.cancel() }
    }

    func take() -> RedisSubscription? {
        state.withLock { state in
            state.ended = true
            defer { state.subscription = nil }
            return state.subscription
        }
    }
}
