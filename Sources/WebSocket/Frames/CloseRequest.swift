/// What a close frame of a client says, and what it is answered with.
public struct WebSocketCloseRequest: Equatable, Sendable {
    /// The code of the answer: the client's own, none if it gave none, or what is wrong with its frame.
    public let answer: WebSocketCloseCode?

    /// - Parameter payload: without its mask.
    public init(_ payload: [UInt8]) {
        guard !payload.isEmpty else {
            answer = nil
            return
        }
        guard payload.count >= 2 else {
            answer = .protocolError
            return
        }
        let code = WebSocketCloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
        if !code.maySend {
            answer = .protocolError
        } else if String(validating: payload[2...], as: UTF8.self) == nil {
            answer = .invalidPayload
        } else {
            answer = code
        }
    }
}
