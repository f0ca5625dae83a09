import Synchronization

/// What devices have acknowledged and the store does not know yet: a device that comes back meanwhile is not sent it again. Of this node's
/// sessions only. Any thread.
final class UnwrittenAcknowledgements: Sendable {
    /// Names are bytes, with their lengths between: no two pairs are the same.
    private struct Device: Hashable {
        let bytes: [UInt8]

        init(_ user: String, _ device: String) { bytes = Array("\(user.utf8.count):".utf8) + Array(user.utf8) + Array(device.utf8) }
    }

    private let state = Mutex<[Device: [[UInt64]]]>([:])

    func add(_ serverIDs: [UInt64], of user: String, _ device: String) {
        let device = Device(user, device)
        state.withLock { $0[device, default: []].append(serverIDs) }
    }

    /// The store has them, or nobody will tell it.
    func remove(_ serverIDs: [UInt64], of user: String, _ device: String) {
        let device = Device(user, device)
        state.withLock { state in
            guard var lists = state[device], let index = lists.firstIndex(of: serverIDs) else { return }
            lists.remove(at: index)
            state[device] = lists.isEmpty ? nil : lists
        }
    }

    /// To be asked before the store is: what is not here then the store knows.
    func all(of user: String, _ device: String) -> Set<UInt64> {
        let device = Device(user, device)
        return Set((state.withLock { $0[device] } ?? []).joined())
    }
}
