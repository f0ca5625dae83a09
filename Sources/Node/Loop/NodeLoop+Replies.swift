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
                queueOutbound(bytes, to: session.handle, Passage(sender: SessionHandle(rawValue: 0), isSole: false))
            } else {
                connection.send(bytes)
            }
        }
    }

    /// The failure of a request's own kind.
    func fail(_ request: WaitingRun.Request, _ code: ResultCode, _ info: String, _ connection: Connection) {
        fail(request, code.rawValue, info, connection)
    }

    func fail(_ request: WaitingRun.Request, _ code: UInt32, _ info: String, _ connection: Connection) {
        if request.type != HP_LOGIN_REQUEST.rawValue, request.type != HP_CUSTOM_REQUEST.rawValue {
            return refuse(request, Receipt(code: code, info: info), connection)
        }
        let place = min(Int(code), statistics.refusals.count - 1)
        var response = WireMessage()
        response.sequence = request.sequence
        if request.type == HP_LOGIN_REQUEST.rawValue {
            statistics.loginRefusals[place] &+= 1
            response.type = .loginResponse
            response.loginResponse.code = code
            response.loginResponse.info = info
        } else {
            statistics.refusals[place] &+= 1
            response.type = .customResponse
            response.custom.code = code
            response.custom.info = info
        }
        respond(response, connection)
    }

    /// A failure told by a MESSAGE_RESPONSE, as it is of requests without a response of their own, too: every client knows that one.
    private func refuse(_ request: WaitingRun.Request, _ receipt: Receipt, _ connection: Connection) {
        if let message = request.message { return end(message, .failed(receipt)) }
        count(receipt)
        guard let session = session(of: connection), let receipts = session.receipts, session.wantsReceipts else {
            return respond(
                AnswerQueue.Answer(sequence: request.sequence, messageID: request.messageID, serverID: 0, receipt: receipt), connection)
        }
        // Behind the answers to what was asked before.
        let ticket = receipts.answers.open(sequence: request.sequence, messageID: request.messageID)
        receipts.answers.settle(ticket, receipt, serverID: 0)
        sendAnswers(session, connection)
    }
}
