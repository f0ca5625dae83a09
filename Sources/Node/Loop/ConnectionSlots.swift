import Reactor

/// A loop's connections by a small number, which timers carry as their tag. 16 bytes a connection.
struct ConnectionSlots {
    struct Slot {
        /// Not retained: the loop holds a connection until it is reported closed, and then it leaves here.
        var connection: Unmanaged<Connection>?
        var timer: TimerID
    }

    private var slots: ContiguousArray<Slot> = []
    private var free: [UInt32] = []

    mutating func add(_ connection: Connection) -> UInt32 {
        let slot = Slot(connection: Unmanaged.passUnretained(connection), timer: .none)
        if let index = free.popLast() {
            slots[Int(index)] = slot
            return index
        }
        slots.append(slot)
        return UInt32(slots.count - 1)
    }

    /// - Returns: its timer.
    mutating func remove(_ index: UInt32) -> TimerID {
        let timer = slots[Int(index)].timer
        slots[Int(index)] = Slot(connection: nil, timer: .none)
        free.append(index)
        if free.count == slots.count {
            slots = []
            free = []
        }
        return timer
    }

    func connection(_ index: UInt32) -> Connection? {
        Int(index) < slots.count ? slots[Int(index)].connection?.takeUnretainedValue() : nil
    }

    mutating func setTimer(_ timer: TimerID, of index: UInt32) { slots[Int(index)].timer = timer }
}
