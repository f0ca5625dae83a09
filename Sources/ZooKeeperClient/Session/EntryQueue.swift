/// First in, first out, in a ring that grows by doubling.
struct EntryQueue<Element> {
    private var ring: ContiguousArray<Element?>
    private var head = 0
    private(set) var count = 0

    init() { ring = ContiguousArray(repeating: nil, count: 16) }

    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: Element) {
        if count == ring.count { grow() }
        ring[(head &+ count) & (ring.count &- 1)] = element
        count &+= 1
    }

    mutating func popFirst() -> Element? {
        if count == 0 { return nil }
        var element: Element?
        swap(&element, &ring[head])
        head = (head &+ 1) & (ring.count &- 1)
        count &-= 1
        return element
    }

    var first: Element? { count == 0 ? nil : ring[head] }

    /// Everything, in order; empty afterwards.
    mutating func removeAll() -> [Element] {
        var elements: [Element] = []
        elements.reserveCapacity(count)
        while let element = popFirst() { elements.append(element) }
        return elements
    }

    mutating func forEach(_ body: (inout Element) -> Void) {
        for offset in 0..<count {
            let index = (head + offset) & (ring.count - 1)
            if var element = ring[index] {
                body(&element)
                ring[index] = element
            }
        }
    }

    private mutating func grow() {
        var larger = ContiguousArray<Element?>(repeating: nil, count: ring.count * 2)
        for offset in 0..<count { larger[offset] = ring[(head + offset) & (ring.count - 1)] }
        ring = larger
        head = 0
    }
}
