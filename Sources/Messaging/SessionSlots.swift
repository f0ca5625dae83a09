import Synchronization

/// The sessions of one loop by handle. The loop adds, removes and looks up; other threads look up under the lock.
public final class SessionSlots: @unchecked Sendable {
    // @unchecked: `slots` is written by the owning loop under `lock`; the loop reads without it, others with it.
    struct Slot {
        var generation: UInt32 = 0
        var session: Unmanaged<Session>?
    }

    public let loop: Int
    private var slots: [Slot] = []
    private var free: [UInt32] = []
    private let lock = Mutex<Void>(())

    /// A handle has 24 bits for the slot.
    public static let most = 1 << 24

    public init(loop: Int) { self.loop = loop }

    deinit {
        for slot in slots { slot.session?.release() }
    }

    /// Sessions in it; loop-only.
    public private(set) var count = 0

    /// Reserves a slot and gives the handle for a session that is put there next; loop-only. nil when all are taken.
    public func reserve() -> SessionHandle? {
        if let index = free.popLast() { return SessionHandle(loop: loop, generation: slots[Int(index)].generation, slot: Int(index)) }
        guard slots.count < Self.most else { return nil }
        lock.withLock { _ in slots.append(Slot(generation: 1)) }
        return SessionHandle(loop: loop, generation: 1, slot: slots.count - 1)
    }

    /// Puts a session into the slot reserved for its handle and holds it; loop-only.
    public func insert(_ session: Session) {
        let kept = Unmanaged.passRetained(session)
        lock.withLock { _ in slots[session.handle.slot].session = kept }
        count += 1
    }

    /// Lets go of a session; loop-only.
    public func remove(_ handle: SessionHandle) {
        let slot = handle.slot
        guard slot < slots.count, slots[slot].generation == handle.generation, let session = slots[slot].session else { return }
        lock.withLock { _ in
            slots[slot].session = nil
            slots[slot].generation = (slots[slot].generation &+ 1) & 0xfff_ffff
            if slots[slot].generation == 0 { slots[slot].generation = 1 }
        }
        free.append(UInt32(slot))
        count -= 1
        session.release()
    }

    /// The session of a handle; loop-only.
    @inline(__always)
    public func session(_ handle: SessionHandle) -> Session? {
        let slot = handle.slot
        guard slot < slots.count, slots[slot].generation == handle.generation else { return nil }
        return slots[slot].session?.takeUnretainedValue()
    }

    /// The session of a handle; any thread.
    public func find(_ handle: SessionHandle) -> Session? {
        lock.withLock { _ in session(handle) }
    }

    /// Sessions of `most` slots from one on; loop-only.
    /// - Returns: the slot to go on with; nil at the end.
    public func forEach(from first: Int, most: Int, _ body: (Session) -> Void) -> Int? {
        let end = min(first + most, slots.count)
        for index in first..<max(end, first) { if let session = slots[index].session { body(session.takeUnretainedValue()) } }
        return end < slots.count ? end : nil
    }

    /// All sessions; loop-only.
    public func forEach(_ body: (Session) -> Void) {
        for slot in slots { if let session = slot.session { body(session.takeUnretainedValue()) } }
    }
}
