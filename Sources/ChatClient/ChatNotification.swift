import WireProtocol

/// A notice from the node, such as a contact who came or went.
public struct ChatNotification: Sendable, Hashable {
    public let id: UInt64
    /// `{"type":N,"data":{...}}` with type 10 a session opened, 20 it closed, 30 the node is connected; a plugin may send others.
    public let json: String
    /// As the node wrote it; may be empty.
    public let timestamp: String

    public init(id: UInt64, json: String, timestamp: String) {
        self.id = id
        self.json = json
        self.timestamp = timestamp
    }

    init(_ wire: WireMessageNotification) {
        self.init(id: wire.noID, json: wire.json, timestamp: wire.timestamp)
    }
}
