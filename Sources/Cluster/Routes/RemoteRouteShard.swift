/// A part of `RemoteRoutes`, under its lock: open addressing by hash, 16 bytes a slot, and one block of memory a user, so that a look-up waits for
/// the memory twice.
// @unchecked: it is only touched under the lock of its table.
struct RemoteRouteShard: ~Copyable, @unchecked Sendable {
    private struct Slot {
        /// `free`, `left`, or a user's.
        var hash = RemoteRouteShard.free
        /// Retained.
        var entry: Unmanaged<RemoteRouteEntry>?
    }

    private static let free: UInt64 = 0
    private static let left: UInt64 = 1

    private var slots: UnsafeMutablePointer<Slot>?
    /// 0, or a power of two.
    private var capacity = 0
    /// Slots that are not free.
    private var used = 0
    /// Users in it.
    private(set) var count = 0

    deinit {
        guard let slots else { return }
        for index in 0..<capacity { slots[index].entry?.release() }
        slots.deallocate()
    }

    @inline(__always)
    func find(_ uid: UnsafeRawBufferPointer, hash: UInt64, into nodes: inout RemoteNodes) -> Bool {
        guard let entry = slot(of: uid, hash)?.pointee.entry else { return false }
        entry._withUnsafeGuaranteedRef { $0.fill(&nodes) }
        return true
    }

    func sessions(of uid: UnsafeRawBufferPointer, hash: UInt64) -> [RemoteSession]? {
        slot(of: uid, hash)?.pointee.entry?.takeUnretainedValue().header.sessions
    }

    mutating func store(_ uid: UnsafeRawBufferPointer, hash: UInt64, _ sessions: [RemoteSession], most: Int) {
        if let known = slot(of: uid, hash)?.pointee.entry {
            known.takeUnretainedValue().header.set(sessions)
            return
        }
        if count >= most { makeRoom(most) }
        if (used + 1) * 4 > capacity * 3 { rebuild() }
        guard let slots else { return }
        let own = Self.own(hash)
        var position = Int(truncatingIfNeeded: own) & (capacity - 1)
        while slots[position].hash > Self.left { position = (position + 1) & (capacity - 1) }
        if slots[position].hash == Self.free { used += 1 }
        slots[position] = Slot(hash: own, entry: .passRetained(.make(uid, sessions)))
        count += 1
    }

    mutating func forget(_ uid: UnsafeRawBufferPointer, hash: UInt64) {
        if let slot = slot(of: uid, hash) { leave(slot) }
    }

    func forget(_ uid: UnsafeRawBufferPointer, hash: UInt64, on node: NodeID) {
        guard let entry = slot(of: uid, hash)?.pointee.entry?.takeUnretainedValue() else { return }
        entry.header.set(entry.header.sessions.filter { $0.node != node })
    }

    // MARK: Slots

    private static func own(_ hash: UInt64) -> UInt64 { max(hash, left + 1) }

    @inline(__always)
    private func slot(of uid: UnsafeRawBufferPointer, _ hash: UInt64) -> UnsafeMutablePointer<Slot>? {
        guard let slots else { return nil }
        let own = Self.own(hash)
        var position = Int(truncatingIfNeeded: own) & (capacity - 1)
        while slots[position].hash != Self.free {
            if slots[position].hash == own, let entry = slots[position].entry, entry._withUnsafeGuaranteedRef({ $0.isOf(uid) }) {
                return slots + position
            }
            position = (position + 1) & (capacity - 1)
        }
        return nil
    }

    private mutating func leave(_ slot: UnsafeMutablePointer<Slot>) {
        slot.pointee.entry?.release()
        slot.pointee = Slot(hash: Self.left)
        count -= 1
    }

    /// An eighth goes, whichever: the order of hashes is as good as chance.
    private mutating func makeRoom(_ most: Int) {
        guard let slots else { return }
        var rest = max(most / 8, 1)
        for index in 0..<capacity where rest > 0 && slots[index].entry != nil {
            leave(slots + index)
            rest -= 1
        }
    }

    /// Into a table that fits what is in it; left slots vanish.
    private mutating func rebuild() {
        var size = 16
        while size * 3 < (count + 1) * 5 { size *= 2 }
        let fresh = UnsafeMutablePointer<Slot>.allocate(capacity: size)
        fresh.initialize(repeating: Slot(), count: size)
        if let slots {
            for index in 0..<capacity where slots[index].entry != nil {
                var position = Int(truncatingIfNeeded: slots[index].hash) & (size - 1)
                while fresh[position].hash != Self.free { position = (position + 1) & (size - 1) }
                fresh[position] = slots[index]
            }
            slots.deallocate()
        }
        slots = fresh
        capacity = size
        used = count
    }
}
