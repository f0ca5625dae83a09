import Messaging
import Reactor

// Sessions leave a node that drains.
extension NodeLoop {
    /// Closes sessions, after what waits for them is sent.
    /// - Parameter most: nil: all.
    /// - Returns: how many it closed.
    func dismiss(_ most: Int?) -> Int {
        if leaving.isEmpty {
            slots.forEach { session in
                if session.state == .open, connection(of: session)?.isOpen == true { leaving.append(session.handle) }
            }
        }
        var closed = 0
        while closed < most ?? .max, let handle = leaving.popLast() {
            guard let session = slots.session(handle), let connection = connection(of: session), connection.isOpen else { continue }
            closeAfterOutput(connection, .drain)
            closed += 1
        }
        return closed
    }
}
