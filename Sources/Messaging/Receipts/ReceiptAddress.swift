/// Who waits for a message's receipt: a session, and the place of the request among its own (`AnswerQueue`).
public struct ReceiptAddress: Sendable, Hashable {
    public var session: SessionHandle
    public var ticket: UInt64

    public init(session: SessionHandle, ticket: UInt64) {
        self.session = session
        self.ticket = ticket
    }
}
