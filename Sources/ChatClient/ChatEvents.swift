/// The events of a ``ChatClient``. For one consumer: of two that wait at a time, the later one gets the end at once.
///
/// While the consumer is behind by `maximumWaitingEvents`, the client does not read from the node, so nothing is lost and memory stays
/// bounded; a consumer that stops for long makes the node close the connection.
public struct ChatEvents: AsyncSequence, Sendable {
    public typealias Element = ChatEvent

    let queue: EventQueue

    public struct AsyncIterator: AsyncIteratorProtocol {
        let queue: EventQueue

        public mutating func next() async -> ChatEvent? {
            await queue.next()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(queue: queue)
    }
}
