/// The oldest messages of a conversation, which may go: there are newer ones enough, and no device waits for them.
public struct Excess: Sendable, Hashable {
    /// The store's own number of the conversation.
    public var conversation: Int64
    /// The messages up to this one, of those that are there.
    public var sequence: UInt64
    /// How many these are.
    public var count: Int

    public init(conversation: Int64, sequence: UInt64, count: Int) {
        self.conversation = conversation
        self.sequence = sequence
        self.count = count
    }
}

/// A part of what a look through all conversations finds.
public struct ExcessPage: Sendable {
    public var excesses: [Excess] = []
    /// Go on after this conversation; nil: all have been looked at.
    public var next: Int64?

    public init() {}
}

/// A device that a message in question may wait for. Pure.
package struct WaitingDevice: Hashable {
    /// nil: a user without any device, for whom everything waits.
    var device: String?
    var user: String
    /// It has everything up to here.
    package let position: UInt64
    /// Nothing up to here is for it.
    var since: UInt64

    package init(device: String? = nil, user: String, position: UInt64, since: UInt64) {
        self.device = device
        self.user = user
        self.position = position
        self.since = since
    }

    package func waits(forMessageAt position: UInt64, from sender: String, _ senderDevice: String, inGroup: Bool) -> Bool {
        guard position > self.position, position > since else { return false }
        // What a device sent to a group itself never comes to it.
        return !(inGroup && device.map { $0.utf8.elementsEqual(senderDevice.utf8) } == true && user.utf8.elementsEqual(sender.utf8))
    }
}
