/// Room for the sessions that a look-up finds, kept by a loop so that looking up allocates nothing.
public final class RouteScratch {
    @exclusivity(unchecked) @usableFromInline private(set) var storedBase: UnsafeMutablePointer<RouteReference>
    @exclusivity(unchecked) @usableFromInline private(set) var storedCount = 0
    @exclusivity(unchecked) @usableFromInline private(set) var storedAcknowledges = false
    @exclusivity(unchecked) private var capacity = 64

    public init() { storedBase = .allocate(capacity: capacity) }

    deinit { storedBase.deallocate() }

    @inlinable public var base: UnsafeMutablePointer<RouteReference> { storedBase }
    @inlinable public var count: Int { storedCount }
    /// Whether one of them acknowledges what it gets.
    @inlinable public var acknowledges: Bool { storedAcknowledges }

    @inline(__always)
    func removeAll() {
        storedCount = 0
        storedAcknowledges = false
    }

    @inline(__always)
    func append(_ session: Unmanaged<Session>) {
        if storedCount == capacity { grow() }
        let handle = session._withUnsafeGuaranteedRef { session in
            if session.acknowledges { storedAcknowledges = true }
            return session.handle
        }
        (storedBase + storedCount).initialize(to: RouteReference(handle: handle, session: session))
        storedCount += 1
    }

    private func grow() {
        let larger = UnsafeMutablePointer<RouteReference>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: storedBase, count: storedCount)
        storedBase.deallocate()
        storedBase = larger
        capacity *= 2
    }
}
