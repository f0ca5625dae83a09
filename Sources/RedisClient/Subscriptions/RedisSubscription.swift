/// A subscription to a channel or a pattern. Loop-only.
public final class RedisSubscription: @unchecked Sendable {
    let name: [UInt8]
    let isPattern: Bool
    let confirmed: (() -> Void)?
    let ended: (() -> Void)?
    let message: (RedisMessage) -> Void
    weak var owner: Subscriptions?

    init(
        _ name: [UInt8], isPattern: Bool, owner: Subscriptions, confirmed: (() -> Void)?, ended: (() -> Void)?,
        message: @escaping (RedisMessage) -> Void
    ) {
        self.name = name
        self.isPattern = isPattern
        self.owner = owner
        self.confirmed = confirmed
        self.ended = ended
        self.message = message
    }

    /// No message is told from now on.
    public func cancel() {
        owner?.remove(self)
        owner = nil
    }
}
