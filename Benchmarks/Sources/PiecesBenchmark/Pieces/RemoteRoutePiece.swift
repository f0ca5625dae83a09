import Cluster

/// Looking up in the cache on which nodes of a cluster a user has sessions.
enum RemoteRoutePiece {
    static func run(users: Int) throws -> [Row] {
        let routes = RemoteRoutes(most: users * 2)
        let names = (0..<users).map { "user\($0)" }
        for (index, name) in names.enumerated() {
            let id = String(repeating: "0", count: 32)
            routes.store(
                name, [RemoteSession(id: id, uid: name, node: NodeID(UInt32(index & 3)), device: "d0", platform: 1, since: 0)])
        }
        let asked = (0..<65_536).map { Array(names[Int(UInt64($0) &* 0x9e37_79b9_7f4a_7c15 >> 32) % users].utf8) }
        let flat = UnsafeMutableRawBufferPointer.allocate(byteCount: asked.reduce(0) { $0 + $1.count }, alignment: 16)
        let places = UnsafeMutableBufferPointer<UnsafeRawBufferPointer>.allocate(capacity: asked.count)
        defer {
            flat.deallocate()
            places.deallocate()
        }
        var offset = 0
        for (index, name) in asked.enumerated() {
            flat[offset..<offset + name.count].copyBytes(from: name)
            places[index] = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(flat)[offset..<offset + name.count])
            offset += name.count
        }
        var nodes = RemoteNodes()
        let row = try Rounds.measure("remote route look-up", operations: 500_000) { operations in
            var hits = 0
            for index in 0..<operations where routes.find(places[index & 65_535], into: &nodes) { hits += nodes.places.count }
            try MeasuringFailure.check(hits == operations, "remote route look-up: a user was not found")
        }
        return [row]
    }
}
