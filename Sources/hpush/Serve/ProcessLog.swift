import HPushConfiguration
import HPushLog
import Logging

/// The log of the process, as the configuration says.
enum ProcessLog {
    /// Once a process.
    /// - Returns: changes from which level on it logs.
    static func begin(_ section: LogSection) -> LogThreshold {
        let format = LogFormat(rawValue: section.format.rawValue) ?? .text
        let threshold = LogThreshold(Logger.Level(rawValue: section.level.rawValue) ?? .info)
        LoggingSystem.bootstrap { NodeLogHandler(label: $0, threshold: threshold, format: format) }
        return threshold
    }
}
