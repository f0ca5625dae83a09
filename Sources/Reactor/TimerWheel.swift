/// Timers of one loop: four wheels of 256 slots, everything O(1), no system call, no clock of its own.
///
/// Time is a count of wheel ticks that the owner advances. An entry whose tick is less than 256 away hangs in the first
/// wheel at its very tick; farther ones hang in a coarser wheel and move down when their time comes near. Each wheel
/// has a bitmap of slots in use, so that time without timers is skipped, however long.
///
/// Entries live in pages of 1,024 that never move; slots are entries, too (the first page), so that taking an entry
/// out of its ring needs neither the slot nor a branch. Generations come from one counter, hence stale ids match nothing.
///
///     var wheel = TimerWheel(); wheel.schedule(at: 20, target, tag: 7)
///     while let fired = wheel.popExpired(upTo: now) { ... }
///
/// Not thread-safe. Callbacks are the owner's: everything may be called between two `popExpired`.
final class TimerWheel {
    struct Entry {
        var next: UInt32
        var previous: UInt32
        var deadline: UInt32
        /// 0: free.
        var generation: UInt32
        var tag: UInt32
        var target: (any TimerTarget)?
    }

    struct Expired {
        let target: any TimerTarget
        let tag: UInt32
        let id: TimerID
    }

    static let pageBits: UInt32 = 10
    static let pageSize = 1 << Int(pageBits)
    private static let pageMask = UInt32(pageSize - 1)
    private static let slots: UInt32 = 1024
    /// The farthest deadline: a bit over 200 days in loop ticks.
    static let farthest: UInt64 = 1 << 31

    /// All timers up to this tick have fired, or are about to by `popExpired`.
    private(set) var current: UInt64
    private(set) var count = 0

    private var pages: UnsafeMutablePointer<UnsafeMutablePointer<Entry>>
    private var pageCount = 1
    private var pageRoom = 16
    private var firstFree: UInt32 = 0
    private var lastGeneration: UInt32 = 0
    /// 16 words: which slots may hold entries. Cleared lazily.
    private let used: UnsafeMutablePointer<UInt64>

    init(current: UInt64 = 0) {
        self.current = current
        pages = .allocate(capacity: pageRoom)
        pages[0] = .allocate(capacity: Self.pageSize)
        used = .allocate(capacity: 16)
        used.initialize(repeating: 0, count: 16)
        for slot in 0..<Self.slots {
            (pages[0] + Int(slot)).initialize(
                to: Entry(next: slot, previous: slot, deadline: 0, generation: 0, tag: 0, target: nil))
        }
    }

    deinit {
        for page in 0..<pageCount { free(page: page) }
        pages.deallocate()
        used.deallocate()
    }

    /// Bytes one timer takes.
    static var entrySize: Int { MemoryLayout<Entry>.stride }

    // MARK: - Timers

    /// Adds a timer for `tick`; one not in the future fires at the next tick.
    func schedule(at tick: UInt64, _ target: any TimerTarget, tag: UInt32) -> TimerID {
        if firstFree == 0 { addPage() }
        let index = firstFree
        let entry = self[index]
        firstFree = entry.pointee.next
        lastGeneration &+= 1
        if lastGeneration == 0 { lastGeneration = 1 }
        entry.pointee.generation = lastGeneration
        entry.pointee.tag = tag
        entry.pointee.target = target
        entry.pointee.deadline = deadline(tick)
        count += 1
        place(index, entry)
        return TimerID(index: index, generation: lastGeneration)
    }

    /// - Returns: false when the timer has fired or was cancelled.
    @discardableResult
    func cancel(_ id: TimerID) -> Bool {
        guard let entry = live(id) else { return false }
        unlink(entry)
        release(id.index, entry)
        return true
    }

    /// Moves a timer, keeping its id. False when the timer has fired or was cancelled.
    @discardableResult
    func reschedule(_ id: TimerID, at tick: UInt64) -> Bool {
        guard let entry = live(id) else { return false }
        unlink(entry)
        entry.pointee.deadline = deadline(tick)
        place(id.index, entry)
        return true
    }

    func contains(_ id: TimerID) -> Bool { live(id) != nil }

    /// Takes out the next timer that is due at `tick`, in order of their ticks (within one tick in no promised order);
    /// nil when none is, and then `current` is `tick`.
    func popExpired(upTo tick: UInt64) -> Expired? {
        while true {
            let slot = UInt32(truncatingIfNeeded: current & 255)
            let head = self[slot]
            let index = head.pointee.next
            if index != slot {
                let entry = self[index]
                unlink(entry)
                defer { release(index, entry) }
                guard let target = entry.pointee.target else { continue }
                return Expired(
                    target: target, tag: entry.pointee.tag, id: TimerID(index: index, generation: entry.pointee.generation))
            }
            guard current < tick else { return nil }
            guard let next = nextEvent(), next <= tick else {
                current = tick
                return nil
            }
            current = next
            cascade()
        }
    }

    /// The next tick at which something is to be done (a timer fires, or moves to a finer wheel); nil without timers.
    func nextEvent() -> UInt64? {
        if count == 0 { return nil }
        var best: UInt64?
        for level in 0..<UInt64(4) {
            let shift = level * 8
            let base = current >> shift
            guard let distance = nextUsed(level: Int(level), after: Int(base & 255)) else { continue }
            let tick = (base + UInt64(distance)) << shift
            if tick < best ?? .max { best = tick }
        }
        return best
    }

    // MARK: - Wheels

    private func deadline(_ tick: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: min(max(tick, current + 1), current + Self.farthest))
    }

    private func place(_ index: UInt32, _ entry: UnsafeMutablePointer<Entry>) {
        let deadline = entry.pointee.deadline
        let delta = deadline &- UInt32(truncatingIfNeeded: current)
        let level: UInt32 = delta < 1 << 8 ? 0 : delta < 1 << 16 ? 1 : delta < 1 << 24 ? 2 : 3
        let slot = level << 8 | (deadline >> (level << 3)) & 255
        used[Int(slot >> 6)] |= 1 << UInt64(slot & 63)
        let head = self[slot]
        let last = head.pointee.previous
        entry.pointee.next = slot
        entry.pointee.previous = last
        self[last].pointee.next = index
        head.pointee.previous = index
    }

    @inline(__always)
    private func unlink(_ entry: UnsafeMutablePointer<Entry>) {
        self[entry.pointee.previous].pointee.next = entry.pointee.next
        self[entry.pointee.next].pointee.previous = entry.pointee.previous
    }

    /// Moves down what hangs in the coarser slots that begin now.
    private func cascade() {
        var level: UInt64 = 3
        while level > 0 {
            defer { level -= 1 }
            let shift = level * 8
            if current & ((1 << shift) - 1) != 0 { continue }
            let slot = UInt32(level << 8 | (current >> shift) & 255)
            let head = self[slot]
            // The ring is taken off first: an entry a whole turn away may come back to the same slot.
            var index = head.pointee.next
            head.pointee.next = slot
            head.pointee.previous = slot
            used[Int(slot >> 6)] &= ~(1 << UInt64(slot & 63))
            while index != slot {
                let entry = self[index]
                let next = entry.pointee.next
                place(index, entry)
                index = next
            }
        }
    }

    /// Slots (1...256) from position `after` to the next used one, going round.
    private func nextUsed(level: Int, after: Int) -> Int? {
        let words = used + level * 4
        var distance = 1
        while distance <= 256 {
            let position = (after + distance) & 255
            let word = words[position >> 6] >> UInt64(position & 63)
            if word == 0 {
                distance += 64 - position & 63
                continue
            }
            let skip = word.trailingZeroBitCount
            if distance + skip > 256 { return nil }
            let slot = UInt32(level << 8 | (position + skip) & 255)
            if self[slot].pointee.next != slot { return distance + skip }
            used[Int(slot >> 6)] &= ~(1 << UInt64(slot & 63))
        }
        return nil
    }

    // MARK: - Entries

    @inline(__always)
    private subscript(_ index: UInt32) -> UnsafeMutablePointer<Entry> {
        pages[Int(index >> Self.pageBits)] + Int(index & Self.pageMask)
    }

    @inline(__always)
    private func live(_ id: TimerID) -> UnsafeMutablePointer<Entry>? {
        guard id.generation != 0, Int(id.index >> Self.pageBits) < pageCount else { return nil }
        let entry = self[id.index]
        return entry.pointee.generation == id.generation ? entry : nil
    }

    private func release(_ index: UInt32, _ entry: UnsafeMutablePointer<Entry>) {
        entry.pointee.generation = 0
        entry.pointee.target = nil
        entry.pointee.next = firstFree
        firstFree = index
        count -= 1
    }

    private func addPage() {
        if pageCount == pageRoom {
            let larger = UnsafeMutablePointer<UnsafeMutablePointer<Entry>>.allocate(capacity: pageRoom * 2)
            larger.initialize(from: pages, count: pageCount)
            pages.deallocate()
            pages = larger
            pageRoom *= 2
        }
        let page = UnsafeMutablePointer<Entry>.allocate(capacity: Self.pageSize)
        let base = UInt32(pageCount) << Self.pageBits
        for offset in 0..<UInt32(Self.pageSize) {
            let next = offset + 1 == UInt32(Self.pageSize) ? 0 : base + offset + 1
            (page + Int(offset)).initialize(
                to: Entry(next: next, previous: 0, deadline: 0, generation: 0, tag: 0, target: nil))
        }
        pages[pageCount] = page
        pageCount += 1
        firstFree = base
    }

    private func free(page: Int) {
        pages[page].deinitialize(count: Self.pageSize)
        pages[page].deallocate()
    }

    /// Gives memory back; only an empty wheel has any to give.
    func releaseUnused() {
        guard count == 0 else { return }
        for page in 1..<max(pageCount, 1) { free(page: page) }
        pageCount = 1
        firstFree = 0
    }
}
