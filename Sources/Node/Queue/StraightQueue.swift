/// `queue.driver: none`: writes go to the store with its next commit.
struct StraightQueue: WriteQueue {
    let sink: QueueSink

    func put(_ write: QueuedWrite, done: @escaping @Sendable (Bool) -> Void) { sink.write(write, done: done) }

    var report: QueueReport? { nil }

    func shutDown() {}
}
