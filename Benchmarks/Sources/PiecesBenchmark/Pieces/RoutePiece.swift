import Messaging

/// Looking up the sessions of a user among many.
enum RoutePiece {
    static func run(users: Int) throws -> [Row] {
        let names = (0..<users).map { Array("user\($0)".utf8) }
        let population = try Population(names)
        let found = RouteScratch()
        let asked = (0..<65_536).map { names[Int(UInt64($0) &* 0x9e37_79b9_7f4a_7c15 >> 32) % users] }
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
        let row = try Rounds.measure("route look-up", operations: 500_000) { operations in
            var hits = 0
            for index in 0..<operations {
                population.routes.sessions(of: places[index & 65_535], into: found)
                hits += found.count
            }
            try MeasuringFailure.check(hits == operations, "route look-up: a user was not found")
        }
        return [row]
    }
}
