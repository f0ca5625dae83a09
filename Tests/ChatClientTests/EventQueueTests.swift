import Synchronization
import Testing

@testable import ChatClient

@Suite struct EventQueueTests {
    private func event(_ number: UInt64) -> ChatEvent {
        .notification(ChatNotification(id: number, json: "", timestamp: ""))
    }

    @Test func keepsOrderAndEnds() async {
        let queue = EventQueue(limit: 4)
        for number in 0..<200 { queue.push(event(UInt64(number))) }
        queue.finish()
        queue.push(event(999))
        var seen: [ChatEvent] = []
        while let next = await queue.next() { seen.append(next) }
        #expect(seen == (0..<200).map { event(UInt64($0)) })
    }

    @Test func tellsWhenItIsHalfEmpty() async {
        let queue = EventQueue(limit: 4)
        for number in 0..<4 { queue.push(event(UInt64(number))) }
        #expect(queue.isFull)
        let isDrained = Mutex(false)
        queue.whenDrained { isDrained.withLock { $0 = true } }
        _ = await queue.next()
        #expect(!isDrained.withLock { $0 })
        _ = await queue.next()
        #expect(isDrained.withLock { $0 })
    }

    @Test func aCancelledConsumerGetsTheEnd() async {
        let queue = EventQueue(limit: 4)
        let consumer = Task { await queue.next() }
        consumer.cancel()
        #expect(await consumer.value == nil)
    }
}
