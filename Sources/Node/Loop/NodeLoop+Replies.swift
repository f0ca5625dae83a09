import CPluginBridge
import CWire
import Messaging
import Reactor
import WireProtocol

// Answers to a connection's own requests.
extension NodeLoop {
    func respond(_ message: WireMessage, _ connection: Connection) {
        guard let frame = try? Frame.encode(message) else { return }
        frame.withUnsafeBytes { bytes in
            if hasOutbound, let session = session(of: connection), session.state == .open {
                queueOutbound(bytes, to: session.handle, from: SessionHandle(rawValue: 0), sole: false)
            } else {
                connection.write(bytes)
            }
        }
    }

    /// The failure of a request's own kind.
    func fail(_ request: WaitingRun.Request, _ code: ResultCode, _ info: String, _ connection: Connection) {
        fail(request, code.rawValue, info, connection)
    }

    func fail(_ request: WaitingRun.Request, _ code: UInt32, _ info: String, _ connection: Connection) {
        let place = min(Int(code), statistics.refusals.count - 1)
        var response = WireMessage()
        response.sequence = request.sequence
        switch hp_head_type(request.type) {
        case HP_LOGIN_REQUEST:
            statistics.loginRefusals[place] &+= 1
            response.type = .loginResponse
            response.loginResponse.code = code
            response.loginResponse.info = info
        case HP_CUSTOM_REQUEST:
            statistics.refusals[place] &+= 1
            response.type = .customResponse
            response.custom.code = code
            response.custom.info = info
        default:
            // Requests without a response of their own are told in the one that every client knows.
            statistics.refusals[place] &+= 1
            response.type = .messageResponse
            response.messageResponse.code = code
            response.messageResponse.info = info
            response.messageResponse.msgID = request.messageID
        }
        respond(response, connection)
    }
}
