import NIOCore
import NIOSSL
import NIOTLS
import TLS

/// Counts what becomes of a connection's handshake. It stands behind the TLS handler.
final class HandshakeWatch: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private let counts: HandshakeCounts
    private var isCounted = false

    init(_ counts: HandshakeCounts) { self.counts = counts }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { ended(.completed) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !isCounted {
            ended(Self.result(error))
            // Nobody behind has anything to say to one who has not come in.
            context.close(promise: nil)
            return
        }
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended(.closed)
        context.fireChannelInactive()
    }

    private func ended(_ result: HandshakeResult) {
        if isCounted { return }
        isCounted = true
        counts.add(result)
    }

    /// The library names the reason in the text of the error only.
    private static func result(_ error: any Error) -> HandshakeResult {
        let text = "\(error)".uppercased()
        let results: [(part: String, result: HandshakeResult)] = [
            ("UNSUPPORTED_PROTOCOL", .version), ("WRONG_VERSION", .notTLS), ("HTTP_REQUEST", .notTLS), ("NO_SHARED", .cipher),
            ("DID_NOT_RETURN_A_CERTIFICATE", .certificate), ("VERIFY_FAILED", .certificate), ("_ALERT_", .alert),
            ("UNCLEANSHUTDOWN", .closed), ("EOF", .closed),
        ]
        return results.first { text.contains($0.part) }?.result ?? .other
    }
}
