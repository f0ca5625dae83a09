/// The messages that one session took last, by the names other nodes know them by: its device may come back at another node, where they may be sent
/// to it again. Bounded; it belongs to the session's loop.
public struct TakenMessages {
    private struct Entry {
        var name: MessageName
        var serverID: UInt64
        /// Monotonic seconds.
        var second: UInt32
    }

    /// Kept of one session; older ones are forgotten.
    public static let most = 128
    /// Seconds for which they are worth telling: as long as anything may be on its way between nodes, and its sender tries again.
    public static let lifetime: UInt32 = 120
    private static let entrySize = MessageName.byteCount + 8

    /// A ring once it is full.
    private var entries: ContiguousArray<Entry> = []
    private var next = 0

    public init() {}

    /// - Parameter now: monotonic seconds.
    public mutating func add(_ name: MessageName, _ serverID: UInt64, now: UInt32) {
        let entry = Entry(name: name, serverID: serverID, second: now)
        if entries.count < Self.most { return entries.append(entry) }
        entries[next] = entry
        next = (next + 1) % Self.most
    }

    /// What other nodes are told: length of the device u16 BE, device, then name and server_id u64 BE of each message. nil when there is none worth
    /// telling.
    public func payload(of device: UnsafeRawBufferPointer, now: UInt32) -> [UInt8]? {
        let recent = entries.filter { now &- $0.second <= Self.lifetime }
        guard !recent.isEmpty, let length = UInt16(exactly: device.count) else { return nil }
        let size = 2 + device.count + recent.count * Self.entrySize
        return [UInt8](unsafeUninitializedCapacity: size) { out, filled in
            let out = UnsafeMutableRawBufferPointer(out)
            guard var place = out.baseAddress else { return }
            place.storeBytes(of: length.bigEndian, as: UInt16.self)
            if let base = device.baseAddress { (place + 2).copyMemory(from: base, byteCount: device.count) }
            place += 2 + device.count
            for entry in recent {
                entry.name.write(to: place)
                place.storeBytes(of: entry.serverID.bigEndian, toByteOffset: MessageName.byteCount, as: UInt64.self)
                place += Self.entrySize
            }
            filled = size
        }
    }

    /// Calls `body` for each message of a payload; what is no whole one at its end is left out.
    public static func read(
        _ payload: UnsafeRawBufferPointer, _ body: (_ device: UnsafeRawBufferPointer, MessageName, _ serverID: UInt64) -> Void
    ) {
        guard payload.count >= 2 else { return }
        var place = 2 + Int(UInt16(bigEndian: payload.loadUnaligned(as: UInt16.self)))
        guard place <= payload.count else { return }
        let device = UnsafeRawBufferPointer(rebasing: payload[2..<place])
        while payload.count - place >= entrySize {
            let name = MessageName(UnsafeRawBufferPointer(rebasing: payload[place..<place + MessageName.byteCount]))
            let serverID = UInt64(bigEndian: payload.loadUnaligned(fromByteOffset: place + MessageName.byteCount, as: UInt64.self))
            if let name { body(device, name, serverID) }
            place += entrySize
        }
    }
}
