import CPluginBridge
import CWire
import Logging
import Messaging
import PluginHost

// What the loop's scripts call without a name of their own among the host functions.
extension NodeLoop: PluginServices {
    func redirect(_ message: MessageReference, to uid: UnsafeRawBufferPointer?, call: UnsafePointer<hp_call>) -> RedirectAnswer {
        let frame = message.frame
        guard frame.baseAddress != nil else { return .failed("redirect: the message has become too large") }
        guard frame.count <= Int(maximumBody) + Int(HP_FRAME_HEAD) else {
            return .failed("redirect: the message is over chat.max_frame_bytes")
        }
        let sender = SessionHandle(rawValue: call.pointee.session)
        let queued: UInt32
        if let uid {
            queued = route(frame, to: uid, from: sender)
        } else {
            let recipient = message.recipient
            if recipient.hasGroup { return .queued(sessions: 0, nodes: 0) }
            queued = route(frame, to: recipient.uid, from: sender)
        }
        return .queued(sessions: queued, nodes: queued > 0 ? 1 : 0)
    }

    func log(plugin: Int, of state: PluginState, level: PluginLogLevel, text: String) {
        let name = plugin >= 0 && plugin < state.pluginNames.count ? state.pluginNames[plugin] : "host"
        guard let suppressed = scriptLog.admit(name, second: loop.now / 1_000_000_000) else { return }
        logger.log(level: .init(level), "\(text)", metadata: .ofScript(name, state, suppressed: suppressed))
    }

    /// The redirect of the chain's last step without any script.
    func redirectWithoutScripts(_ frame: UnsafeRawBufferPointer, _ envelope: hp_envelope, _ session: Session) {
        guard let base = frame.baseAddress else { return }
        let to = UnsafeRawBufferPointer(start: base + Int(HP_FRAME_HEAD) + Int(envelope.to.offset), count: Int(envelope.to.length))
        if route(frame, to: to, from: session.handle) > 0 { return }
        guard let connection = connection(of: session) else { return }
        fail(
            .init(type: envelope.type, sequence: envelope.sequence, messageID: envelope.msg_id), .unavailable, "not reachable now",
            connection)
    }
}
