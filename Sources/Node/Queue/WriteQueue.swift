/// Where writes of low priority go on their way to the store (`queue.driver`).
///
/// This is the seam for other queues. What one has to keep: each write it takes reaches the store at least once, also across a restart of the
/// node as far as the queue itself is durable; order does not matter; nothing here waits.
protocol WriteQueue: Sendable {
    /// Takes a write. Any thread.
    /// - Parameter done: called once, on any thread. true: the store has it. false: it is lost here, put it again later.
    func put(_ write: QueuedWrite, done: @escaping @Sendable (Bool) -> Void)

    /// What it has done and what waits; nil where there is nothing between the node and the store.
    var report: QueueReport? { get }

    /// Takes no more and ends what is under way; what waits in a durable queue stays there. Blocks.
    func shutDown()
}

struct QueueReport: Sendable, Equatable {
    /// Whether the queue takes writes.
    var isUp = false
    /// Writes in the queue, taken by a worker or not.
    var waiting = 0
    /// Age of the oldest of them.
    var lagSeconds = 0.0
    var put = 0
    /// Written to the store from the queue.
    var written = 0
    /// Written straight to the store, since the queue did not take them.
    var straight = 0
    /// Given up: they lie in the dead-letter stream.
    var dead = 0
    /// Batches that the store did not take at once.
    var retries = 0
}
