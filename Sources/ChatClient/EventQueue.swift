import Synchronization

/// Events on their way from the event loop to the one consumer.
///
/// Bounded by back-pressure: when it is full, the connection stops reading until the consumer has taken half of it. Beyond the limit it
/// holds at most what came with one read. May be used from any thread.
final class EventQueue: Sendable {
    private struct State {
        var waiting: [ChatEvent] = []
        var head = 0
        var consumer: CheckedContinuation<ChatEvent?, Never>?
        var isFinished = false
        var onDrained: (@Sendable () -> Void)?

        var count: Int { waiting.count - head }
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = max(limit, 2)
    }

    /// Whether the connection should stop reading.
    var isFull: Bool {
        state.withLock { $0.count >= limit && !$0.isFinished }
    }

    /// Ignored after ``finish()``.
    func push(_ event: ChatEvent) {
        let consumer = state.withLock { state -> CheckedContinuation<ChatEvent?, Never>? in
            guard !state.isFinished else { return nil }
            if let consumer = state.consumer {
                state.consumer = nil
                return consumer
            }
            state.waiting.append(event)
            return nil
        }
        consumer?.resume(returning: event)
    }

    /// What waits is still handed out, then the sequence ends.
    func finish() {
        let (consumer, onDrained) = state.withLock { state in
            state.isFinished = true
            defer { (state.consumer, state.onDrained) = (nil, nil) }
            return (state.consumer, state.onDrained)
        }
        consumer?.resume(returning: nil)
        onDrained?()
    }

    /// Calls back once the queue is half empty; at once if it is. A later call replaces an earlier one.
    func whenDrained(_ callback: @escaping @Sendable () -> Void) {
        let isDrained = state.withLock { state in
            if state.isFinished || state.count <= limit / 2 { return true }
            state.onDrained = callback
            return false
        }
        if isDrained { callback() }
    }

    /// The next event; nil at the end, when the task is cancelled, or when another consumer waits already.
    func next() async -> ChatEvent? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (event, isDecided, onDrained) = state.withLock { take(from: &$0, or: continuation) }
                onDrained?()
                if isDecided { continuation.resume(returning: event) }
            }
        } onCancel: {
            let consumer = state.withLock { state in
                defer { state.consumer = nil }
                return state.consumer
            }
            consumer?.resume(returning: nil)
        }
    }

    private func take(
        from state: inout State, or continuation: CheckedContinuation<ChatEvent?, Never>
    ) -> (ChatEvent?, isDecided: Bool, onDrained: (@Sendable () -> Void)?) {
        guard state.count > 0 else {
            if state.isFinished || state.consumer != nil || Task.isCancelled { return (nil, true, nil) }
            state.consumer = continuation
            return (nil, false, nil)
        }
        let event = state.waiting[state.head]
        state.head += 1
        if state.head >= 64 || state.head == state.waiting.count {
            state.waiting.removeFirst(state.head)
            state.head = 0
        }
        guard state.count <= limit / 2 else { return (event, true, nil) }
        defer { state.onDrained = nil }
        return (event, true, state.onDrained)
    }
}
