/// Rounds of a piece: the first warms up, seven count.
struct Rounds {
    static let count = 7

    private var times: [Double] = []
    private var allocations: UInt64 = 0
    private var operations = 0

    /// - Parameters:
    ///   - operations: in one round; choose it so that a round lasts some 50 ms.
    ///   - clock: the CPU time that counts.
    ///   - body: does so many operations.
    static func measure(
        _ name: String, operations: Int, clock: () -> UInt64 = CPUClock.thread, body: (_ operations: Int) throws -> Void
    ) rethrows -> Row {
        var rounds = Rounds()
        try body(operations)
        for _ in 0..<count { try rounds.add(operations, clock, body) }
        return rounds.row(name)
    }

    /// Rounds of two pieces in turn, so that what slows one slows the other; and what the first costs more.
    static func compare(
        _ name: String, _ first: (name: String, body: (Int) throws -> Void), _ second: (name: String, body: (Int) throws -> Void),
        operations: Int
    ) throws -> [Row] {
        var rounds = (Rounds(), Rounds())
        try first.body(operations)
        try second.body(operations)
        for _ in 0..<count {
            try rounds.0.add(operations, CPUClock.thread, first.body)
            try rounds.1.add(operations, CPUClock.thread, second.body)
        }
        let differences = zip(rounds.0.times, rounds.1.times).map { $0 - $1 }.sorted()
        let difference = Row(
            name: name, nanoseconds: differences[count / 2], least: rounds.0.least - rounds.1.least,
            allocations: rounds.0.perOperation - rounds.1.perOperation)
        return [rounds.0.row(first.name), rounds.1.row(second.name), difference]
    }

    private mutating func add(_ operations: Int, _ clock: () -> UInt64, _ body: (Int) throws -> Void) rethrows {
        let allocated = AllocationCount.now
        let begin = clock()
        try body(operations)
        let end = clock()
        allocations += AllocationCount.now - allocated
        times.append(Double(end - begin) / Double(operations))
        self.operations += operations
    }

    private var least: Double { times.min() ?? 0 }
    private var perOperation: Double { Double(allocations) / Double(operations) }

    private func row(_ name: String) -> Row {
        Row(name: name, nanoseconds: times.sorted()[times.count / 2], least: least, allocations: perOperation)
    }
}
