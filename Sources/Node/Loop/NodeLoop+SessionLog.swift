import Logging
import Messaging
import Reactor
import WireProtocol

// Sessions that come and go, for who looks closely (`PUT /v1/log-level`). Of a flood there are some lines a second.
extension NodeLoop {
    func logOpened(_ session: Session) {
        logSession("session opened") {
            .of(session).merging(["remote": "\(session.remote)", "device": "\(session.device)"]) { old, _ in old }
        }
    }

    func logClosed(_ session: Session, _ reason: CloseReason) {
        guard session.handle.rawValue != 0 else { return }
        logSession("session closed") { .of(session).merging(["reason": "\(ChatCloseReason.name(reason))"]) { old, _ in old } }
    }

    /// - Parameter info: what the client is told.
    func logRefused(_ connection: Connection, _ code: ResultCode, _ info: String) {
        logSession("login refused") { ["remote": "\(connection.remoteText ?? "")", "code": "\(code.rawValue)", "info": "\(info)"] }
    }

    private func logSession(_ message: String, _ metadata: () -> Logger.Metadata) {
        guard logger.logLevel <= .debug, let suppressed = sessionLog.admit(message, second: loop.now / 1_000_000_000) else { return }
        var metadata = metadata()
        if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
        logger.debug("\(message)", metadata: metadata)
    }
}
