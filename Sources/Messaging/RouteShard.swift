import Glibc

/// A part of the route table: open addressing over the users' bytes, which lie in their sessions. 16 bytes a slot; a second list only for
/// users with several sessions.
struct RouteShard {
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

    private var slots: ContiguousArray<Slot> = []
    private var used = 0
    /// Users in it.
    private(set) var count = 0

    private static func tag(_ hash: UInt64) -> UInt32 { max(UInt32(truncatingIfNeeded: hash >> 26), 2) }

    mutating func add(_ session: Session, hash: UInt64) {
        if let index = index(of: session.uidBytes, hash: hash) {
            let pointer = slots[index].pointer
            if slots[index].isList {
                if let list = Self.list(pointer) { list.sessions.append(session) }
            } else if let first = Self.session(pointer) {
                slots[index].pointer = Unmanaged.passRetained(SessionList([first, session])).toOpaque()
                slots[index].isList = true
                Unmanaged.passUnretained(first).release()
            }
            return
        }
        if (used + 1) * 4 > slots.count * 3 { rebuild() }
        let mask = slots.count - 1
        let tag = Self.tag(hash)
        var position = Int(tag) & mask
        while slots[position].tag > 1 { position = (position + 1) & mask }
        if slots[position].tag == 0 { used += 1 }
        slots[position] = Slot(tag: tag, pointer: Unmanaged.passRetained(session).toOpaque())
        count += 1
    }

    mutating func remove(_ session: Session, hash: UInt64) -> Bool {
        guard let index = index(of: session.uidBytes, hash: hash) else { return false }
        let pointer = slots[index].pointer
        if !slots[index].isList {
            guard let found = Self.session(pointer), found === session else { return false }
            slots[index] = Slot(tag: 1)
            count -= 1
            Unmanaged.passUnretained(session).release()
            shrinkIfEmptied()
            return true
        }
        guard let list = Self.list(pointer), let position = list.sessions.firstIndex(where: { $0 === session }) else { return false }
        list.sessions.remove(at: position)
        if list.sessions.count == 1 {
            slots[index].pointer = Unmanaged.passRetained(list.sessions[0]).toOpaque()
            slots[index].isList = false
            Unmanaged.passUnretained(list).release()
        }
        return true
    }

    @inline(__always)
    func find(_ uid: UnsafeRawBufferPointer, hash: UInt64, into found: RouteScratch) {
        guard let index = index(of: uid, hash: hash), let pointer = slots[index].pointer else { return }
        if !slots[index].isList { return found.append(Unmanaged<Session>.fromOpaque(pointer)) }
        guard let list = Self.list(pointer) else { return }
        for session in list.sessions { found.append(Unmanaged.passUnretained(session)) }
    }

    func sessions(of uid: UnsafeRawBufferPointer, hash: UInt64) -> [Session] {
        guard let index = index(of: uid, hash: hash) else { return [] }
        if slots[index].isList { return Array(Self.list(slots[index].pointer)?.sessions ?? []) }
        return Self.session(slots[index].pointer).map { [$0] } ?? []
    }

    @inline(__always)
    private func index(of uid: UnsafeRawBufferPointer, hash: UInt64) -> Int? {
        if slots.isEmpty { return nil }
        let mask = slots.count - 1
        let tag = Self.tag(hash)
        var position = Int(tag) & mask
        return slots.withUnsafeBufferPointer { slots in
            while slots[position].tag != 0 {
                if slots[position].tag == tag, Self.isUser(slots[position], uid) { return position }
                position = (position + 1) & mask
            }
            return nil
        }
    }

    @inline(__always)
    private static func isUser(_ slot: Slot, _ uid: UnsafeRawBufferPointer) -> Bool {
        guard let pointer = slot.pointer else { return false }
        let own: UnsafeRawBufferPointer
        if slot.isList {
            guard let first = list(pointer)?.sessions.first else { return false }
            own = first.uidBytes
        } else {
            own = Unmanaged<Session>.fromOpaque(pointer)._withUnsafeGuaranteedRef { $0.uidBytes }
        }
        guard own.count == uid.count else { return false }
        guard let a = own.baseAddress, let b = uid.baseAddress else { return own.count == 0 }
        return memcmp(a, b, own.count) == 0
    }

    private static func session(_ pointer: UnsafeMutableRawPointer?) -> Session? {
        pointer.map { Unmanaged<Session>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func list(_ pointer: UnsafeMutableRawPointer?) -> SessionList? {
        pointer.map { Unmanaged<SessionList>.fromOpaque($0).takeUnretainedValue() }
    }

    private mutating func shrinkIfEmptied() {
        if count == 0 {
            slots = []
            used = 0
        } else if slots.count > 64, count * 8 < slots.count {
            rebuild()
        }
    }

    /// Into a table that fits what is in it; left slots vanish.
    private mutating func rebuild() {
        var capacity = 16
        while capacity * 3 < (count + 1) * 5 { capacity *= 2 }
        let old = slots
        slots = ContiguousArray(repeating: Slot(), count: capacity)
        used = count
        for slot in old where slot.tag > 1 {
            var position = Int(slot.tag) & (capacity - 1)
            while slots[position].tag != 0 { position = (position + 1) & (capacity - 1) }
            slots[position] = slot
        }
    }
}
