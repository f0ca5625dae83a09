import Foundation
import Synchronization
import Testing

@testable import Storage

@Suite struct MessageWriterTests {
    /// A store whose commits can be held up and made to fail.
    final class SlowStore: MessageStore {
        let inner = MemoryMessageStore()
        let batches = Mutex<[Int]>([])
        let gate = NSLock()
        let fails = Atomic(false)

        func commit(_ writes: [StoreWrite]) throws -> [StoreOutcome] {
            gate.lock()
            defer { gate.unlock() }
            if fails.load(ordering: .relaxed) { throw MessageStoreError.unusable(path: "x", reason: "full") }
            batches.withLock { $0.append(writes.count) }
            return try inner.commit(writes)
        }

        func inbox(of user: String, device: String, after: UInt64?, limit: Int, bytes: Int) throws -> InboxPage { InboxPage(last: 0) }
        func history(_ conversation: Conversation, after: UInt64, limit: Int, bytes: Int) throws -> HistoryPage { HistoryPage() }
        func lastSequence(of conversation: Conversation) throws -> UInt64 { try inner.lastSequence(of: conversation) }
        func createGroup(_ name: String, members: [String]) throws {}
        func addMembers(_ users: [String], to group: String) throws {}
        func removeMembers(_ users: [String], from group: String) throws {}
        func members(of group: String) throws -> [String]? { nil }
        func groups(of user: String?) throws -> [String] { [] }
        func groupVersion() throws -> UInt64 { 1 }
        func keep(_ sightings: [DeviceSighting]) throws {}
        func devices(of user: String) throws -> [DeviceSighting] { [] }
        func excess(over kept: Int, seenSince: UInt64, after: Int64?, limit: Int) throws -> ExcessPage { ExcessPage() }
        func remove(_ excesses: [Excess]) throws {}
    }

    private func draft(_ number: UInt64) -> StoreWrite {
        .save(
            MessageDraft(
                sender: "a", device: "", recipient: .user("b"), messageID: 0, serverID: number, time: 0, body: [], mostWaiting: 1_000_000))
    }

    @Test func whatComesDuringACommitSharesTheNextOne() throws {
        let store = SlowStore()
        let writer = MessageWriter(store: store)
        let sequences = Mutex<[UInt64]>([])
        store.gate.lock()
        for number in UInt64(1)...100 {
            #expect(
                writer.submit(draft(number)) { result in
                    if case .success(.saved(_, let sequence, _)) = result { sequences.withLock { $0.append(sequence) } }
                })
            // The first is taken alone.
            if number == 1 { while writer.current.waiting > 0 { usleep(1000) } }
        }
        store.gate.unlock()
        writer.shutDown()
        #expect(store.batches.withLock { $0 } == [1, 99])
        #expect(sequences.withLock { $0 } == Array(1...100), "answered in order")
        #expect(writer.current.commits == 2 && writer.current.writes == 100)
    }

    @Test func aFullQueueTakesNoMore() throws {
        let store = SlowStore()
        let writer = MessageWriter(store: store, capacity: 2)
        store.gate.lock()
        _ = writer.submit(draft(1)) { _ in }
        while writer.current.waiting > 0 { usleep(1000) }
        #expect(writer.submit(draft(2)) { _ in })
        #expect(writer.submit(draft(3)) { _ in })
        #expect(!writer.submit(draft(4)) { _ in })
        store.gate.unlock()
        writer.shutDown()
        #expect(try store.lastSequence(of: .between("a", "b")) == 3)
        #expect(!writer.submit(draft(5)) { _ in }, "nor does one that has ended")
    }

    @Test func failuresAreToldAndPass() throws {
        let store = SlowStore()
        let told = Mutex<[String?]>([])
        let writer = MessageWriter(store: store) { reason in told.withLock { $0.append(reason) } }
        let answers = Mutex<[Bool]>([])
        for fails in [false, true, true, false] {
            store.fails.store(fails, ordering: .relaxed)
            let before = answers.withLock { $0.count }
            _ = writer.submit(draft(1)) { result in answers.withLock { $0.append((try? result.get()) != nil) } }
            while answers.withLock({ $0.count }) == before { usleep(1000) }
        }
        writer.shutDown()
        #expect(answers.withLock { $0 } == [true, false, false, true])
        #expect(told.withLock { $0 } == ["x: full", nil])
        #expect(writer.current.failures == 2 && writer.current.failure == nil)
    }
}
