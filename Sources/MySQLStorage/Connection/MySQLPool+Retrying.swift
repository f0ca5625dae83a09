#if MySQL
    import Foundation

    extension MySQLPool {
        private static let mostDeadlocks = 10

        /// As `with`, and again when another transaction was in the way: at once when the server found a deadlock, which it undoes whole, and once
        /// more when rows stayed locked for too long. `body` changes nothing outside of a transaction.
        func retrying<Result>(_ body: (MySQLConnection) throws -> Result) throws -> Result {
            var deadlocks = 0
            var waits = 0
            while true {
                do { return try with(body) } catch let failure as MySQLFailure where failure.isConflict {
                    if failure.isDeadlock { deadlocks += 1 } else { waits += 1 }
                    guard deadlocks <= Self.mostDeadlocks, waits <= 1 else { throw failure }
                    // Not in step with whoever it met.
                    usleep(.random(in: 500...(2000 * UInt32(deadlocks + 1))))
                }
            }
        }
    }
#endif
