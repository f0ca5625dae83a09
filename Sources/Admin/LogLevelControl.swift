import Logging

/// From which level on the process logs. Any thread.
public protocol LogLevelControl: AnyObject, Sendable {
    var level: Logger.Level { get set }
}
