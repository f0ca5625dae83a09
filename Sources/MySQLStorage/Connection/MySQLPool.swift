#if MySQL
    import Dispatch
    import Synchronization

    /// Connections that threads take and give back: as many as there are threads that use one at a time. Any thread; calls block.
    final class MySQLPool: Sendable {
        private struct State {
            var idle: [MySQLConnection] = []
            /// Why no connection could be made, and until when nobody tries again, in nanoseconds of the machine.
            var failure: (reason: MySQLFailure, until: UInt64)?
        }

        /// So that not each of many callers waits for a server that does not answer.
        private static let pause: UInt64 = 200_000_000

        private let server: MySQLServer
        private let state = Mutex(State())

        init(_ server: MySQLServer) { self.server = server }

        /// Runs `body` with a connection of its own. When the connection turns out to be lost and nothing can have happened, `body` runs once more
        /// on a new one: a server that was restarted is not noticed otherwise than by asking it.
        func with<Result>(_ body: (MySQLConnection) throws -> Result) throws -> Result {
            if let known = state.withLock({ $0.idle.popLast() }) {
                do { return try use(known, body) } catch let failure as MySQLFailure where failure.isLost && !failure.isInDoubt {
                    // Those that were made together with it are lost, too.
                    state.withLock { $0.idle = [] }
                }
            }
            return try use(try connect(), body)
        }

        private func use<Result>(_ connection: MySQLConnection, _ body: (MySQLConnection) throws -> Result) throws -> Result {
            defer { if !connection.isBroken { state.withLock { $0.idle.append(connection) } } }
            return try body(connection)
        }

        private func connect() throws -> MySQLConnection {
            let now = DispatchTime.now().uptimeNanoseconds
            if let failure = state.withLock({ $0.failure }), now < failure.until { throw failure.reason }
            do {
                let made = try MySQLConnection(server)
                state.withLock { $0.failure = nil }
                return made
            } catch let failure as MySQLFailure {
                let until = DispatchTime.now().uptimeNanoseconds + Self.pause
                state.withLock { $0.failure = (failure, until) }
                throw failure
            }
        }
    }
#endif
