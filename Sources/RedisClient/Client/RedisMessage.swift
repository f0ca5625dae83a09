/// A message published to a channel.
public struct RedisMessage: Sendable, Hashable {
    public var channel: [UInt8]
    /// The pattern that matched; nil for a channel subscribed by name.
    public var pattern: [UInt8]?
    public var payload: [UInt8]

    public init(channel: [UInt8], pattern: [UInt8]? = nil, payload: [UInt8]) {
        self.channel = channel
        self.pattern = pattern
        self.payload = payload
    }

    public var text: String { String(decoding: payload, as: UTF8.self) }
}
