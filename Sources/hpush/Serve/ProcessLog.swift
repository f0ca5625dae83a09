import HPushConfiguration
import HPushLog
import Logging

/// The log of the process, as the configuration says.
enum ProcessLog {
    /// Once a process.
    /// - Parameter node: its name, on each line; nil: it is none.
    /// - Returns: changes from which level on it logs.
    static func begin(_ section: LogSection, node: String? = nil) -> LogThreshold {
        let format = LogFormat(rawValue: section.format.rawValue) ?? .text
        let threshold = LogThreshold(Logger.Level(rawValue: section.level.rawValue) ?? .info)
        LoggingSystem.bootstrap { label in
            var handler = NodeLogHandler(label: label, threshold: threshold, format: format)
            if let node { handler.metadata["node"] = "\(node)" }
            return handler
        }
        return threshold
    }
}
