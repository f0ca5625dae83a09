import Glibc

/// What is known of one user.
struct RemoteRouteHeader {
    /// Bytes of the name.
    let length: Int
    /// Two nodes at most in most cases: they stand here, and `more` is empty then.
    var placeCount = 0
    var first = RemoteNodes.Place(node: .none, sessions: 0)
    var second = RemoteNodes.Place(node: .none, sessions: 0)
    var more: [RemoteNodes.Place] = []
    var sessions: [RemoteSession] = []

    init(length: Int, _ sessions: [RemoteSession]) {
        self.length = length
        set(sessions)
    }

    mutating func set(_ sessions: [RemoteSession]) {
        self.sessions = sessions
        var nodes = RemoteNodes()
        nodes.fill(with: sessions)
        let places = nodes.places
        placeCount = places.count
        more = places.count > 2 ? places : []
        if let place = places.first { first = place }
        if places.count > 1 { second = places[1] }
    }
}

/// A user in `RemoteRouteShard`: what is known, and behind it the name, in one block of memory.
final class RemoteRouteEntry: ManagedBuffer<RemoteRouteHeader, UInt8> {
    static func make(_ uid: UnsafeRawBufferPointer, _ sessions: [RemoteSession]) -> RemoteRouteEntry {
        let made = create(minimumCapacity: max(uid.count, 1)) { _ in RemoteRouteHeader(length: uid.count, sessions) }
        made.withUnsafeMutablePointerToElements { name in
            if let base = uid.baseAddress { memcpy(name, base, uid.count) }
        }
        // `create` makes an object of the class it is called on.
        return unsafeDowncast(made, to: RemoteRouteEntry.self)
    }

    @inline(__always)
    func isOf(_ uid: UnsafeRawBufferPointer) -> Bool {
        withUnsafeMutablePointers { header, name in
            guard header.pointee.length == uid.count else { return false }
            guard let base = uid.baseAddress else { return true }
            return memcmp(name, base, uid.count) == 0
        }
    }

    @inline(__always)
    func fill(_ nodes: inout RemoteNodes) {
        withUnsafeMutablePointerToHeader { header in
            let count = header.pointee.placeCount
            if count > 2 { nodes.set(header.pointee.more) } else { nodes.set(header.pointee.first, header.pointee.second, count: count) }
        }
    }
}
