/// A queue in a ring of memory that grows by doubling, and is given back when a large one has run empty. Not thread-safe.
struct FIFO<Element>: ~Copyable {
    private var room: UnsafeMutablePointer<Element>
    private var capacity: Int
    private var head = 0
    private(set) var count = 0

    init() {
        capacity = 16
        room = .allocate(capacity: capacity)
    }

    deinit {
        for index in 0..<count { (room + (head + index) & (capacity - 1)).deinitialize(count: 1) }
        room.deallocate()
    }

    var isEmpty: Bool { count == 0 }

    @inline(__always)
    mutating func append(_ element: consuming Element) {
        if count == capacity { resize(capacity * 2) }
        (room + (head + count) & (capacity - 1)).initialize(to: element)
        count += 1
    }

    @inline(__always)
    mutating func popFirst() -> Element? {
        if count == 0 { return nil }
        let element = (room + head).move()
        head = (head + 1) & (capacity - 1)
        count -= 1
        if count == 0, capacity > 1 << 16 { resize(16) }
        return element
    }

    /// The element `index` places behind the first; for indices below `count` only.
    @inline(__always)
    func pointer(_ index: Int) -> UnsafeMutablePointer<Element> { room + (head + index) & (capacity - 1) }

    private mutating func resize(_ wanted: Int) {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: wanted)
        for index in 0..<count { (larger + index).initialize(to: (room + (head + index) & (capacity - 1)).move()) }
        room.deallocate()
        room = larger
        capacity = wanted
        head = 0
    }
}
