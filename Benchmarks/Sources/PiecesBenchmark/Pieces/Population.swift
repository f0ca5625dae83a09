import Messaging

/// Logged-in sessions without sockets, one a user, as the node makes them.
final class Population {
    let slots = SessionSlots(loop: 0)
    let routes = RouteTable()
    private(set) var sessions: [Session] = []

    init(_ users: [[UInt8]]) throws {
        sessions.reserveCapacity(users.count)
        for (index, user) in users.enumerated() {
            sessions.append(try Self.open(user, port: 1024 + index % 60_000, slots, routes))
        }
    }

    static func open(_ user: [UInt8], port: Int, _ slots: SessionSlots, _ routes: RouteTable) throws -> Session {
        guard let handle = slots.reserve() else { throw MeasuringFailure("no slot for a session") }
        let session = Session(transport: nil)
        let device: StaticString = "phone"
        user.withUnsafeBytes { user in
            session.open(
                handle: handle, uid: user, device: UnsafeRawBufferPointer(start: device.utf8Start, count: device.utf8CodeUnitCount),
                remote: "192.168.100.20:\(port)", platform: 1, capabilities: [], since: 1_800_000_000_000)
        }
        slots.insert(session)
        routes.add(session)
        return session
    }
}
