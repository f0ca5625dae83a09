/// What happens on a ``ChatClient``, in the order in which it happened.
public enum ChatEvent: Sendable, Equatable {
    /// A login succeeded, the first or one after a reconnect. Comes before the messages of that session.
    case online(ChatSession)
    case message(ChatMessage)
    case notification(ChatNotification)
    /// A message was not delivered.
    case failure(ChatAnswer)
    /// A message was delivered or stored. Only with ``ChatCapabilities/receipts``.
    case receipt(ChatAnswer)
    /// The connection is gone, or an attempt to get a new one failed. The client tries again after `retryAfter`;
    /// nil: it does not, and this is the last event.
    case disconnected(DisconnectReason, retryAfter: Duration?)
}
