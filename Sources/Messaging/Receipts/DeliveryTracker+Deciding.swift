extension DeliveryTracker {
    /// Whether enough is known.
    mutating func decide(_ place: Int32) -> Action {
        let entry = entries[Int(place)]
        if entry.isAnswered {
            if entry.pending == 0 { forget(place) }
            return .none
        }
        guard entry.hasEnded else { return .none }
        if entry.waitsForStore { return entry.stored.map { answer(place, $0, now: 0) } ?? .none }
        if entry.wasTaken || !entry.wasSent { return answer(place, .success, now: 0) }
        guard entry.pending == 0 else { return .none }
        return answer(place, entry.wasKept ? .success : Receipt(.unavailable, "not reachable now"), now: 0)
    }

    /// - Parameter now: matters only where devices may still report.
    mutating func answer(_ place: Int32, _ receipt: Receipt, now: UInt64) -> Action {
        let index = Int(place)
        let entry = entries[index]
        let settled = Settled(
            serverID: entry.firstID == 0 ? entry.serverID : entry.firstID, address: entry.address, key: entry.key, receipt: receipt,
            wasTaken: entry.wasTaken)
        if receipt.isTemporary, entry.key != nil, entry.pending > 0, !entry.wasTaken, !entry.waitsForStore {
            entries[index].isAnswered = true
            untime(place)
            time(place, until: now + patience)
        } else {
            forget(place)
        }
        return .answer(settled)
    }

    mutating func forget(_ place: Int32) {
        untime(place)
        places.removeValue(forKey: entries[Int(place)].serverID)
        free.append(place)
        if places.isEmpty {
            if entries.count > 1024 { entries = [] } else { entries.removeAll(keepingCapacity: true) }
            free.removeAll(keepingCapacity: entries.capacity > 0)
        }
    }

    // MARK: Deadlines

    /// All have the same patience, so the newest comes last.
    mutating func time(_ place: Int32, until deadline: UInt64) {
        let index = Int(place)
        entries[index].deadline = deadline
        entries[index].isTimed = true
        entries[index].previous = newest
        entries[index].next = Self.none
        if newest == Self.none { oldest = place } else { entries[Int(newest)].next = place }
        newest = place
    }

    mutating func untime(_ place: Int32) {
        let entry = entries[Int(place)]
        guard entry.isTimed else { return }
        if entry.previous == Self.none { oldest = entry.next } else { entries[Int(entry.previous)].next = entry.next }
        if entry.next == Self.none { newest = entry.previous } else { entries[Int(entry.next)].previous = entry.previous }
        entries[Int(place)].isTimed = false
    }
}
