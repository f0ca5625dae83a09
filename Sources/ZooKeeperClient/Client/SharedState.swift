/// What other threads may look at.
struct SharedState {
    var state = SessionState.connecting
    var streams: [Int: AsyncStream<SessionState>.Continuation] = [:]
    var lastStream = 0
}
