/// Room for the sessions that a look-up finds, kept by a loop so that looking up allocates nothing.
public final class RouteScratch {
    @exclusivity(unchecked) public private(set) var base: UnsafeMutablePointer<RouteReference>
    @exclusivity(unchecked) public private(set) var count = 0
    @exclusivity(unchecked) private var capacity = 64

    public init() { base = .allocate(capacity: capacity) }

    deinit { base.deallocate() }

    @inline(__always)
    func removeAll() { count = 0 }

    @inline(__always)
    func append(_ session: Unmanaged<Session>) {
        if count == capacity { grow() }
        (base + count).initialize(to: RouteReference(handle: session._withUnsafeGuaranteedRef { $0.handle }, session: session))
        count += 1
    }

    private func grow() {
        let larger = UnsafeMutablePointer<RouteReference>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: base, count: count)
        base.deallocate()
        base = larger
        capacity *= 2
    }
}
