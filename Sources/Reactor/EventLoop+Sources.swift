import CReactor

extension EventLoop {
    static func cookie(_ source: EventSource) -> UInt64 {
        UInt64(UInt(bitPattern: Unmanaged.passUnretained(source).toOpaque())) | sourceMark
    }

    /// Watches `descriptor` for `source`, which is held.
    func add(_ source: EventSource, _ descriptor: Int32, _ events: UInt32) throws {
        assertInLoop()
        let result = creactor_epoll_add(epoll, descriptor, events, Self.cookie(source))
        if result < 0 { throw ReactorError("watch a descriptor on loop \(name)", code: result) }
        sources[ObjectIdentifier(source)] = source
    }

    /// Not any more; the source lives at least to the tick's end, for the events that are already there.
    func remove(_ source: EventSource, _ descriptor: Int32) {
        assertInLoop()
        _ = creactor_epoll_remove(epoll, descriptor)
        if let known = sources.removeValue(forKey: ObjectIdentifier(source)) { retiredSources.append(known) }
    }
}
