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
        /// Drafts that it refuses, by number.
        let refuses = Mutex<Set<UInt64>>([])

        func commit(_ writes: [StoreWrite]) throws -> [StoreOutcome] {
            gate.lock()
            defer { gate.unlock() }
            if fails.load(ordering: .relaxed) { throw MessageStoreError.unusable(path: "x", reason: "full") }
            let refused = refuses.withLock { $0 }
            for case .save(let draft) in writes where refused.contains(draft.serverID) {
                throw MessageStoreError.refused(path: "x", reason: "not \(draft.serverID)")
            }
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

    /// Commits drafts 1 to `count` in one batch; what came of each, and how the writer sees it.
    private func batch(of count: UInt64, in store: SlowStore) -> (stored: [UInt64], failed: [UInt64], report: MessageWriter.Report) {
        let outcomes = Mutex<(stored: [UInt64], failed: [UInt64])>(([], []))
        let writer = MessageWriter(store: store)
        store.gate.lock()
        _ = writer.submit(.register(user: "b", device: "d")) { _ in }
        while writer.current.waiting > 0 { usleep(1000) }
        for number in 1...count {
            _ = writer.submit(draft(number)) { result in
                outcomes.withLock { if case .success = result { $0.stored.append(number) } else { $0.failed.append(number) } }
            }
        }
        store.gate.unlock()
        writer.shutDown()
        let (stored, failed) = outcomes.withLock { $0 }
        return (stored, failed, writer.current)
    }

    @Test(arguments: [[1], [100], [37], [36, 37, 99]] as [Set<UInt64>])
    func whatIsRefusedFailsAlone(_ refused: Set<UInt64>) throws {
        let store = SlowStore()
        store.refuses.withLock { $0 = refused }
        let (stored, failed, report) = batch(of: 100, in: store)
        #expect(stored == (1...100).filter { !refused.contains($0) }, "in order")
        #expect(Set(failed) == refused)
        #expect(try store.lastSequence(of: .between("a", "b")) == 100 - UInt64(refused.count))
        #expect(report.refused == UInt64(refused.count) && report.failures == 0 && report.failure == nil)
        // Halves, not each by itself.
        #expect(store.batches.withLock { $0.count } < 30)
    }

    @Test func aStoreThatRefusesAllIsNotAskedAboutEach() {
        let store = SlowStore()
        store.refuses.withLock { $0 = Set(1...1000) }
        let (stored, failed, report) = batch(of: 1000, in: store)
        #expect(stored.isEmpty && failed.count == 1000)
        #expect(report.refused == 32 && report.failure?.hasPrefix("x: not ") == true)
    }
}
