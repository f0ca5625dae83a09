#if MySQL
    import Foundation

    extension MySQLPool {
        private static let mostDeadlocks = 10

        /// As `with`, and again when the server found a deadlock with another transaction, which it ends at once. `body` changes nothing outside of
        /// a transaction but what may happen twice.
        func retrying<Result>(_ body: (MySQLConnection) throws -> Result) throws -> Result {
            var deadlocks: UInt32 = 0
            while true {
                do { return try with(body) } catch let failure as MySQLFailure where failure.isDeadlock && deadlocks < Self.mostDeadlocks {
                    deadlocks += 1
                    // Not in step with whoever it met.
                    usleep(.random(in: 500...(2000 * (deadlocks + 1))))
                }
            }
        }
    }
#endif
