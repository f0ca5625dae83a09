import CPluginBridge
import CWire
import WireProtocol

// Answers to a connection's own requests.
extension VirtualLoop {
    func respond(_ message: WireMessage, _ connection: VirtualConnection) {
        guard let frame = try? Frame.encode(message) else { return }
        frame.withUnsafeBytes { bytes in
            if hasOutbound, let session = connection.session, session.state == .open {
                queueOutbound(bytes, to: session.handle, nil)
            } else {
                connection.write(bytes)
            }
        }
    }

    /// The failure of a request's own kind.
    func fail(_ request: ChainRequest, _ code: UInt32, _ info: String, _ connection: VirtualConnection) {
        var response = WireMessage()
        response.sequence = request.sequence
        switch hp_head_type(request.type) {
        case HP_LOGIN_REQUEST:
            response.type = .loginResponse
            response.loginResponse.code = code
            response.loginResponse.info = info
        case HP_CUSTOM_REQUEST:
            response.type = .customResponse
            response.custom.code = code
            response.custom.info = info
        default:
            response.type = .messageResponse
            response.messageResponse.code = code
            response.messageResponse.info = info
            response.messageResponse.msgID = request.messageID
        }
        respond(response, connection)
    }
}
