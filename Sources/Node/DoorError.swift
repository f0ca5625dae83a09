import Reactor

/// A listener of the node cannot listen: one line that names it, its address and the keys that say so.
struct DoorError: Error, CustomStringConvertible {
    let description: String

    /// Runs what listens for `section` of the configuration.
    static func naming<T>(_ section: String, _ listen: () throws -> T) throws -> T {
        do { return try listen() } catch let error as ReactorError {
            throw DoorError(description: "\(section) listener: \(error) (\(section).host, \(section).port)")
        }
    }
}
