extension RedisCommand {
    /// Where the keys belong.
    enum Place: Equatable {
        /// No keys: any server will do.
        case anywhere
        case slot(Int)
        case conflict
    }

    /// The slot of the command's keys in a Redis Cluster.
    var place: Place {
        var place = Place.anywhere
        forEach(keyPositions) { key in
            let slot = HashSlot.of(key)
            switch place {
            case .anywhere: place = .slot(slot)
            case .slot(slot): break
            default: place = .conflict
            }
        }
        return place
    }

    /// The positions of the arguments that are keys, ascending.
    var keyPositions: [Int] {
        if let keys { return Array(keys.clamped(to: 1..<max(count, 1))) }
        switch KeyRule.of(name) {
        case .none: return []
        case .span(let first, let last, let step):
            let end = last < 0 ? count + last : min(last, count - 1)
            return first > end ? [] : Array(stride(from: first, through: end, by: step))
        case .counted(let position, let before):
            let number = min(max(number(position), 0), max(count - position - 1, 0))
            return (before.map { $0 < count ? [$0] : [] } ?? []) + Array(position + 1..<position + 1 + number)
        case .streams:
            guard let word = (1..<max(count, 1)).first(where: { word($0) == "STREAMS" }) else { return [] }
            return Array(word + 1..<word + 1 + (count - word - 1) / 2)
        }
    }

    /// The command's name in capitals.
    var name: String { word(0) }

    private func word(_ index: Int) -> String { range(of: index).map { String(decoding: body[$0], as: UTF8.self).uppercased() } ?? "" }

    private func number(_ index: Int) -> Int { Int(word(index)) ?? 0 }
}
