import Glibc

/// A part of the route table: open addressing over the users' bytes, which lie in their sessions. 16 bytes a slot; a second list only for
/// users with several sessions.
// @unchecked: it is only touched under the lock of its table.
struct RouteShard: ~Copyable, @unchecked Sendable {
    private struct Slot {
        /// 32 bits of the hash, which also give the place; 0 is a free slot, 1 one that was left.
        var tag: UInt32 = 0
        var isList = false
        /// A retained `Session`, or a retained `SessionList`.
        var pointer: UnsafeMutableRawPointer?
    }

    private final class SessionList {
        var sessions: ContiguousArray<Session>
        init(_ sessions: ContiguousArray<Session>) { self.sessions = sessions }
    }

    private var slots: UnsafeMutablePointer<Slot>?
    /// 0, or a power of two.
    private var capacity = 0
    private var used = 0
    /// Users in it.
    private(set) var count = 0

    deinit { slots?.deallocate() }

    private static func tag(_ hash: UInt64) -> UInt32 { max(UInt32(truncatingIfNeeded: hash >> 26), 2) }

    mutating func add(_ session: Session, hash: UInt64) {
        if let slot = slot(of: session.uidBytes, hash: hash) {
            let pointer = slot.pointee.pointer
            if slot.pointee.isList {
                if let list = Self.list(pointer) { list.sessions.append(session) }
            } else if let first = Self.session(pointer) {
                slot.pointee.pointer = Unmanaged.passRetained(SessionList([first, session])).toOpaque()
                slot.pointee.isList = true
                Unmanaged.passUnretained(first).release()
            }
            return
        }
        if (used + 1) * 4 > capacity * 3 { rebuild() }
        guard let slots else { return }
        let mask = capacity - 1
        let tag = Self.tag(hash)
        var position = Int(tag) & mask
        while slots[position].tag > 1 { position = (position + 1) & mask }
        if slots[position].tag == 0 { used += 1 }
        slots[position] = Slot(tag: tag, pointer: Unmanaged.passRetained(session).toOpaque())
        count += 1
    }

    mutating func remove(_ session: Session, hash: UInt64) -> Bool {
        guard let slot = slot(of: session.uidBytes, hash: hash) else { return false }
        let pointer = slot.pointee.pointer
        if !slot.pointee.isList {
            guard let found = Self.session(pointer), found === session else { return false }
            slot.pointee = Slot(tag: 1)
            count -= 1
            Unmanaged.passUnretained(session).release()
            shrinkIfEmptied()
            return true
        }
        guard let list = Self.list(pointer), let position = list.sessions.firstIndex(where: { $0 === session }) else { return false }
        list.sessions.remove(at: position)
        if list.sessions.count == 1 {
            slot.pointee.pointer = Unmanaged.passRetained(list.sessions[0]).toOpaque()
            slot.pointee.isList = false
            Unmanaged.passUnretained(list).release()
        }
        return true
    }

    @inline(__always)
    func find(_ uid: UnsafeRawBufferPointer, hash: UInt64, into found: RouteScratch) {
        guard let slot = slot(of: uid, hash: hash), let pointer = slot.pointee.pointer else { return }
        if !slot.pointee.isList { return found.append(Unmanaged<Session>.fromOpaque(pointer)) }
        guard let list = Self.list(pointer) else { return }
        for session in list.sessions { found.append(Unmanaged.passUnretained(session)) }
    }

    func sessions(of uid: UnsafeRawBufferPointer, hash: UInt64) -> [Session] {
        guard let slot = slot(of: uid, hash: hash) else { return [] }
        if slot.pointee.isList { return Array(Self.list(slot.pointee.pointer)?.sessions ?? []) }
        return Self.session(slot.pointee.pointer).map { [$0] } ?? []
    }

    @inline(__always)
    private func slot(of uid: UnsafeRawBufferPointer, hash: UInt64) -> UnsafeMutablePointer<Slot>? {
        guard let slots else { return nil }
        let mask = capacity - 1
        let tag = Self.tag(hash)
        var position = Int(tag) & mask
        while slots[position].tag != 0 {
            if slots[position].tag == tag, Self.isUser(slots[position], uid) { return slots + position }
            position = (position + 1) & mask
        }
        return nil
    }

    @inline(__always)
    private static func isUser(_ slot: Slot, _ uid: UnsafeRawBufferPointer) -> Bool {
        guard let pointer = slot.pointer else { return false }
        if slot.isList {
            guard let first = list(pointer)?.sessions.first else { return false }
            return same(first.uidBytes, uid)
        }
        return Unmanaged<Session>.fromOpaque(pointer)._withUnsafeGuaranteedRef { same($0.uidBytes, uid) }
    }

    @inline(__always)
    private static func same(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
        guard a.count == b.count else { return false }
        guard let first = a.baseAddress, let second = b.baseAddress else { return a.count == 0 }
        return memcmp(first, second, a.count) == 0
    }

    private static func session(_ pointer: UnsafeMutableRawPointer?) -> Session? {
        pointer.map { Unmanaged<Session>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func list(_ pointer: UnsafeMutableRawPointer?) -> SessionList? {
        pointer.map { Unmanaged<SessionList>.fromOpaque($0).takeUnretainedValue() }
    }

    private mutating func shrinkIfEmptied() {
        if count == 0 {
            slots?.deallocate()
            slots = nil
            capacity = 0
            used = 0
        } else if capacity > 64, count * 8 < capacity {
            rebuild()
        }
    }

    /// Into a table that fits what is in it; left slots vanish.
    private mutating func rebuild() {
        var size = 16
        while size * 3 < (count + 1) * 5 { size *= 2 }
        let fresh = UnsafeMutablePointer<Slot>.allocate(capacity: size)
        fresh.initialize(repeating: Slot(), count: size)
        if let slots {
            for index in 0..<capacity where slots[index].tag > 1 {
                var position = Int(slots[index].tag) & (size - 1)
                while fresh[position].tag != 0 { position = (position + 1) & (size - 1) }
                fresh[position] = slots[index]
            }
            slots.deallocate()
        }
        slots = fresh
        capacity = size
        used = count
    }
}
