/// Whether the memory is used up, with a gap between going in and out, so that it does not flutter. Pure.
struct MemoryCeiling {
    enum Change { case usedUp, free }

    /// Bytes from which on it is.
    let limit: UInt64
    private(set) var isUsedUp = false

    init(limit: UInt64) { self.limit = limit }

    /// Under so many bytes it is not any more.
    var low: UInt64 { limit - limit / 10 }

    /// - Parameter resident: bytes; 0 where that is not known, which changes nothing.
    mutating func measured(_ resident: UInt64) -> Change? {
        if resident == 0 { return nil }
        if !isUsedUp, resident >= limit {
            isUsedUp = true
            return .usedUp
        }
        if isUsedUp, resident < low {
            isUsedUp = false
            return .free
        }
        return nil
    }
}
