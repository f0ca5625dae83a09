import CAllocationCount

/// Heap allocations of this process so far.
enum AllocationCount {
    static var now: UInt64 { allocation_count() }

    private final class Probe {
        let number: Int
        init(_ number: Int) { self.number = number }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// A count that misses what Swift's runtime allocates would be worse than none.
    static func check() throws {
        var probes: [Probe] = []
        probes.reserveCapacity(1000)
        let before = now
        for number in 0..<1000 { probes.append(Probe(number)) }
        let counted = now - before
        guard counted == 1000, probes.reduce(0, { $0 + $1.number }) == 499_500 else {
            throw Failure(description: "1000 objects were counted as \(counted) allocations: malloc is not the counting one")
        }
    }
}
