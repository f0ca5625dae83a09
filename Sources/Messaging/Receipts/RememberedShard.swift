/// A part of `RememberedMessages`: all messages of some senders. Answered ones stand in two lists by age, of the shard and of their device.
struct RememberedShard {
    private struct Entry {
        var key: MessageKey
        var serverID: UInt64
        /// Monotonic seconds; of answered ones.
        var answered: UInt32 = 0
        var code: UInt32 = 0
        var isAnswered = false
        /// A device took it while it was in flight again.
        var wasTaken = false
        var older = none
        var newer = none
        var olderOfDevice = none
        var newerOfDevice = none
    }

    private struct Device {
        var oldest = none
        var newest = none
        var count = 0
    }

    private static let none = Int32(-1)
    /// Who may wait for one message in flight: a device that comes back often while it is.
    private static let mostWaiting = 256

    private let most: Int
    private let mostOfDevice: Int
    private var entries: ContiguousArray<Entry> = []
    private var free: [Int32] = []
    private var places: [MessageKey: Int32] = [:]
    private var devices: [UInt64: Device] = [:]
    private var oldest = none
    private var newest = none
    private var answeredCount = 0
    /// Texts of failures, by place. Successes have none.
    private var infos: [Int32: String] = [:]
    /// Who asked again for one in flight.
    private var waiting: [Int32: [ReceiptAddress]] = [:]

    init(most: Int, mostOfDevice: Int) {
        self.most = most
        self.mostOfDevice = mostOfDevice
    }

    var count: Int { places.count }

    mutating func begin(_ key: MessageKey, from address: ReceiptAddress, proposed: UInt64, now: UInt32) -> RememberedMessages.Verdict {
        dropExpired(now)
        guard let place = places[key] else {
            add(Entry(key: key, serverID: proposed))
            return .new
        }
        let entry = entries[Int(place)]
        guard entry.isAnswered else {
            guard waiting[place]?.count ?? 0 < Self.mostWaiting else {
                return .answered(Receipt(.unavailable, "on its way, asked for too often"), serverID: entry.serverID)
            }
            waiting[place, default: []].append(address)
            return .inFlight
        }
        let receipt = Receipt(code: entry.code, info: infos[place] ?? "")
        guard receipt.isTemporary else { return .answered(receipt, serverID: entry.serverID) }
        unlist(place)
        entries[Int(place)].isAnswered = false
        return .again(serverID: entry.serverID)
    }

    mutating func settle(
        _ key: MessageKey, _ receipt: Receipt, as serverID: UInt64?, wasTaken: Bool, now: UInt32
    ) -> (receipt: Receipt, others: [ReceiptAddress]) {
        guard let place = places[key], !entries[Int(place)].isAnswered else { return (receipt, []) }
        if let serverID { entries[Int(place)].serverID = serverID }
        // What a device has is no failure that may pass: nobody is to send it again.
        let receipt = receipt.isTemporary && entries[Int(place)].wasTaken ? .success : receipt
        record(place, receipt.isTemporary && wasTaken ? .success : receipt)
        list(place, now)
        let others = waiting.removeValue(forKey: place) ?? []
        bound(key.sender)
        return (receipt, others)
    }

    mutating func acceptedLate(_ key: MessageKey, as first: UInt64) {
        guard let place = places[key] else { return }
        if !entries[Int(place)].isAnswered {
            entries[Int(place)].wasTaken = true
        } else if Receipt(code: entries[Int(place)].code, info: "").isTemporary {
            if first != 0 { entries[Int(place)].serverID = first }
            record(place, .success)
        }
    }

    private mutating func record(_ place: Int32, _ receipt: Receipt) {
        entries[Int(place)].code = receipt.code
        infos[place] = receipt.info.isEmpty ? nil : receipt.info
        entries[Int(place)].isAnswered = true
        entries[Int(place)].wasTaken = false
    }

    // MARK: Places

    private mutating func add(_ entry: Entry) {
        if let place = free.popLast() {
            entries[Int(place)] = entry
            places[entry.key] = place
        } else {
            places[entry.key] = Int32(entries.count)
            entries.append(entry)
        }
    }

    private mutating func forget(_ place: Int32) {
        unlist(place)
        places.removeValue(forKey: entries[Int(place)].key)
        infos.removeValue(forKey: place)
        free.append(place)
    }

    private mutating func bound(_ sender: UInt64) {
        if let device = devices[sender], device.count > mostOfDevice { forget(device.oldest) }
        if answeredCount > most { forget(oldest) }
    }

    /// A few a call, so that none takes long.
    private mutating func dropExpired(_ now: UInt32) {
        for _ in 0..<4 {
            guard oldest != Self.none, now &- entries[Int(oldest)].answered >= RememberedMessages.lifetime else { return }
            forget(oldest)
        }
    }

    // MARK: Lists

    private mutating func list(_ place: Int32, _ now: UInt32) {
        let index = Int(place)
        entries[index].answered = now
        entries[index].older = newest
        entries[index].newer = Self.none
        if newest == Self.none { oldest = place } else { entries[Int(newest)].newer = place }
        newest = place
        answeredCount += 1
        var device = devices[entries[index].key.sender] ?? Device()
        entries[index].olderOfDevice = device.newest
        entries[index].newerOfDevice = Self.none
        if device.newest == Self.none { device.oldest = place } else { entries[Int(device.newest)].newerOfDevice = place }
        device.newest = place
        device.count += 1
        devices[entries[index].key.sender] = device
    }

    private mutating func unlist(_ place: Int32) {
        let entry = entries[Int(place)]
        guard entry.isAnswered else { return }
        if entry.older == Self.none { oldest = entry.newer } else { entries[Int(entry.older)].newer = entry.newer }
        if entry.newer == Self.none { newest = entry.older } else { entries[Int(entry.newer)].older = entry.older }
        answeredCount -= 1
        guard var device = devices[entry.key.sender] else { return }
        if entry.olderOfDevice == Self.none {
            device.oldest = entry.newerOfDevice
        } else {
            entries[Int(entry.olderOfDevice)].newerOfDevice = entry.newerOfDevice
        }
        if entry.newerOfDevice == Self.none {
            device.newest = entry.olderOfDevice
        } else {
            entries[Int(entry.newerOfDevice)].olderOfDevice = entry.olderOfDevice
        }
        device.count -= 1
        devices[entry.key.sender] = device.count == 0 ? nil : device
    }
}
