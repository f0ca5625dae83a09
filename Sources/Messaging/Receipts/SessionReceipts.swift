/// What receipts need of one session, as sender and as recipient. Made when it is needed; it belongs to the session's loop.
public final class SessionReceipts {
    /// Of a sender with RECEIPTS.
    public var answers = AnswerQueue()
    /// Of any session that was sent a message whose sender waits for a receipt.
    public var deliveries = UnconfirmedDeliveries()
    /// Of any session in a cluster that took such messages.
    public var taken = TakenMessages()

    public init() {}
}
