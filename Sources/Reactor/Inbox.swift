import CReactor
import Glibc
import Synchronization

/// What other threads want of a loop, in the order of their asking: tasks and batches of records in one queue.
///
/// A sender wakes the loop only when it sleeps, or is about to; many senders cause one wake-up.
final class Inbox: @unchecked Sendable {
    enum Item: @unchecked Sendable {
        case task(@Sendable () -> Void)
        case batch(UnsafeMutablePointer<LinkBatch>)
    }

    /// A POSIX mutex, because race detectors know it; those of today do not see through `Mutex`.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private var items: ContiguousArray<Item> = []
    private var ended = false
    private let waiting = Atomic<Int>(0)
    private let sleeping = Atomic<Bool>(false)
    private let wakeups = Atomic<Int>(0)
    let eventDescriptor: Int32

    init(eventDescriptor: Int32) {
        self.eventDescriptor = eventDescriptor
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
    }

    deinit {
        for case .batch(let batch) in items { LoopLink.finish(batch) }
        _ = creactor_close(eventDescriptor)
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    var wakeupCount: Int { wakeups.load(ordering: .relaxed) }

    /// Any thread. False when the loop has ended and will take nothing more.
    func append(_ item: Item) -> Bool {
        pthread_mutex_lock(lock)
        let accepted = !ended
        if accepted {
            items.append(item)
            waiting.store(items.count, ordering: .sequentiallyConsistent)
        }
        pthread_mutex_unlock(lock)
        if accepted, sleeping.exchange(false, ordering: .sequentiallyConsistent) {
            wakeups.add(1, ordering: .relaxed)
            creactor_eventfd_signal(eventDescriptor)
        }
        return accepted
    }

    /// Loop only: everything that waits, into `spare` (empty), whose room is used for what comes next.
    func take(into spare: inout ContiguousArray<Item>) {
        if waiting.load(ordering: .acquiring) == 0 { return }
        pthread_mutex_lock(lock)
        swap(&items, &spare)
        waiting.store(0, ordering: .relaxed)
        pthread_mutex_unlock(lock)
    }

    /// Loop only, before sleeping: whether nothing waits. From here on senders wake the loop.
    func mayStartSleeping() -> Bool {
        sleeping.store(true, ordering: .sequentiallyConsistent)
        return waiting.load(ordering: .sequentiallyConsistent) == 0
    }

    /// Loop only.
    func stoppedSleeping() { sleeping.store(false, ordering: .relaxed) }

    /// Loop only: refuses all that comes after; what is still there comes into `rest`.
    func end(into rest: inout ContiguousArray<Item>) {
        pthread_mutex_lock(lock)
        ended = true
        swap(&items, &rest)
        waiting.store(0, ordering: .relaxed)
        pthread_mutex_unlock(lock)
    }
}
