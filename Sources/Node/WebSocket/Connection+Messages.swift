import CWire
import Reactor
import WebSocket

// What goes out by either transport. Connections by WebSocket are the marked ones.
extension Connection {
    /// One message; `frame` has the head of the TCP protocol.
    @inline(__always)
    func send(_ frame: UnsafeRawBufferPointer) {
        if isMarked { sendByWebSocket(frame) } else { write(frame) }
    }

    private func sendByWebSocket(_ frame: UnsafeRawBufferPointer) {
        let count = frame.count - Int(HP_FRAME_HEAD)
        guard count >= 0, let base = frame.baseAddress, isOpen else { return }
        let place = reserve(count + WebSocketOutput.mostHead)
        let head = WebSocketOutput.writeHead(.binary, count, to: place)
        (place + head).copyMemory(from: base + Int(HP_FRAME_HEAD), byteCount: count)
        commit(head + count)
    }

    /// Ends it because of what came; a client by WebSocket is told by a close frame behind what waits for it.
    func end(_ reason: ChatCloseReason) { end(because: reason.reason) }

    func end(because reason: CloseReason) {
        if isMarked { endAfterOutput(reason) } else { close(afterFlush: false, reason: reason) }
    }

    /// Ends it after what waits for it.
    func endAfterOutput(_ reason: CloseReason) {
        if isMarked { endWebSocket(.of(reason), reason) } else { close(afterFlush: true, reason: reason) }
    }

    func endWebSocket(_ code: WebSocketCloseCode?, _ reason: CloseReason) {
        WebSocketOutput.close(code).withUnsafeBytes { write($0) }
        close(afterFlush: true, reason: reason)
    }
}

extension WebSocketCloseCode {
    /// What a client is told of a reason of the node.
    static func of(_ reason: CloseReason) -> WebSocketCloseCode {
        switch reason.kind {
        case .shutdown: .goingAway
        case .peerClosed, .reset, .local: .normal
        case .protocolError, .handshake: .protocolError
        case .idle, .slowConsumer, .overflow, .refused: .policyViolation
        case .custom:
            switch ChatCloseReason(rawValue: reason.code) {
            case .logout: .normal
            case .drain: .goingAway
            case .undecodable, .badMagic, .badVersion, .badLength: .invalidPayload
            case .webSocketProtocol: .protocolError
            default: .policyViolation
            }
        }
    }
}
