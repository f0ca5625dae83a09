import Logging
import Messaging
import PluginHost

// Lines of scripts in the node's log.

extension Logger.Level {
    init(_ level: PluginLogLevel) {
        switch level {
        case .debug: self = .debug
        case .info: self = .info
        case .warning: self = .warning
        case .error: self = .error
        }
    }
}

extension Logger.Metadata {
    /// - Parameter suppressed: lines left out since the last one.
    static func ofScript(_ plugin: String, _ state: PluginState, suppressed: Int) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["plugin": "\(plugin)", "generation": "\(state.generation)"]
        if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
        return metadata
    }

    /// Whose it is; empty before login.
    static func of(_ session: Session) -> Logger.Metadata {
        session.handle.rawValue == 0 ? [:] : ["session": "\(session.id.description)", "user": "\(session.uid)"]
    }
}
