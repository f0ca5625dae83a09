import CPluginBridge
import CWire
import Logging
import Messaging
import PluginHost
import Synchronization

// What the loop's scripts call without a name of their own among the host functions.
extension NodeLoop: PluginServices {
    func redirect(_ message: MessageReference, to uid: UnsafeRawBufferPointer?, call: UnsafePointer<hp_call>) -> RedirectAnswer {
        let frame = message.frame
        guard frame.baseAddress != nil else { return .failed("redirect: the message has become too large") }
        guard fits(frame) else { return .failed("redirect: the message is over chat.max_frame_bytes") }
        let queued: UInt32
        if uid == nil, message.recipient.hasGroup { return redirectToGroup(frame, message.string("group"), call) }
        if let cluster {
            let recipient = message.recipient
            return redirect(frame, to: uid ?? recipient.uid, call, cluster)
        }
        if isAttentive, isAccompanied {
            queued = routeAlong(frame, to: uid ?? message.recipient.uid, from: SessionHandle(rawValue: call.pointee.session))
        } else if let uid {
            queued = route(frame, to: uid, from: SessionHandle(rawValue: call.pointee.session))
        } else {
            let recipient = message.recipient
            if let tag = call.pointee.tag {
                queued = Unmanaged<Session>.fromOpaque(tag)._withUnsafeGuaranteedRef { route(frame, to: recipient.uid, by: $0) }
            } else {
                queued = route(frame, to: recipient.uid, from: SessionHandle(rawValue: call.pointee.session))
            }
        }
        return .queued(sessions: queued, nodes: queued > 0 ? 1 : 0)
    }

    private func redirect(
        _ frame: UnsafeRawBufferPointer, to uid: UnsafeRawBufferPointer, _ call: UnsafePointer<hp_call>, _ cluster: NodeCluster
    ) -> RedirectAnswer {
        guard let state = caller(call) else { return .failed("redirect: the calling state is gone") }
        let sender = SessionHandle(rawValue: call.pointee.session)
        let reach = redirectInCluster(
            frame, to: uid, from: sender, cluster, execution: call.pointee.execution, of: state, answer: \.values)
        guard let reach else { return .wait }
        return .queued(sessions: reach.sessions, nodes: reach.nodes)
    }

    /// The state that calls: the one in force, or one that was left behind.
    func caller(_ call: UnsafePointer<hp_call>) -> PluginState? {
        if let plugins, plugins.owns(call.pointee.state) { return plugins }
        return old.first { $0.state.owns(call.pointee.state) }?.state
    }

    func log(plugin: Int, of state: PluginState, level: PluginLogLevel, text: String) {
        let name = plugin >= 0 && plugin < state.pluginNames.count ? state.pluginNames[plugin] : "host"
        let suppressed =
            if loop.inLoop {
                scriptLog.admit(name, second: loop.now / 1_000_000_000)
            } else {
                shared.loadingLog.withLock { $0.admit(name, second: UInt64(seconds)) }
            }
        guard let suppressed else { return }
        logger.log(level: .init(level), "\(text)", metadata: .ofScript(name, state, suppressed: suppressed))
    }

    /// The redirect of the chain's last step without any script.
    func redirectWithoutScripts(_ frame: UnsafeRawBufferPointer, _ envelope: hp_envelope, _ session: Session) {
        guard let base = frame.baseAddress else { return }
        let to = UnsafeRawBufferPointer(start: base + Int(HP_FRAME_HEAD) + Int(envelope.to.offset), count: Int(envelope.to.length))
        if route(frame, to: to, by: session) > 0 { return }
        guard let connection = connection(of: session) else { return }
        fail(
            .init(type: envelope.type, sequence: envelope.sequence, messageID: envelope.msg_id), .unavailable, "not reachable now",
            connection)
    }
}
