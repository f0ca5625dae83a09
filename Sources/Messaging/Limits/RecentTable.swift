/// A table that forgets what was not written for long when it gets too large: two halves, of which the older one is dropped. Reading and
/// writing cost the same however full it is, so nobody gains by filling it.
struct RecentTable<Key: Hashable, Value> {
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]
    private let half: Int

    /// - Parameter capacity: entries at most.
    init(capacity: Int) { half = max(capacity / 2, 1) }

    var count: Int { young.count + old.count }

    subscript(key: Key) -> Value? {
        get { young[key] ?? old[key] }
        set {
            if !old.isEmpty { old[key] = nil }
            guard let newValue else {
                young[key] = nil
                return
            }
            if young.count >= half, young[key] == nil {
                old = young
                young = [:]
            }
            young[key] = newValue
        }
    }

    mutating func removeAll() {
        young = [:]
        old = [:]
    }
}
